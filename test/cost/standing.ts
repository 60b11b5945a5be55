import { ENDPOINTS } from '../../catalog/index.ts';
import { WATCH_MINUTES } from '../../lib/monitoring/watch-metric.ts';
import { type Json, resources, synthesise } from '../lib/template.ts';
import type { CountedDay } from './day.ts';
import {
  ALARM_MONTH,
  DASHBOARD_MONTH,
  GIGABYTE_SECOND,
  HOURS_OF_MONTH,
  METRIC_MONTH,
  PER_MILLION,
  SECRET_MONTH,
} from './prices.ts';

/** What is billed for being there: dollars a month. */
export interface Standing {
  readonly what: string;
  readonly count: number;
  readonly dollars: number;
}

/** Seconds that a check of the watch is billed for, with a new container each time; and gigabytes of its function: assumed. */
const CHECK_SECONDS = 5;
const CHECK_GIGABYTES = 0.5;

/** Metrics that alarms of a deployment with one tenant evaluate. CloudWatch bills each of them, not the alarm. */
export function countAlarmMetrics(): number {
  const alarms = [...resources(synthesise({ curation: true }).template, 'AWS::CloudWatch::Alarm').values()];
  return alarms.reduce(
    (sum, { Metrics }) =>
      sum + (Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }: Json) => MetricStat).length),
    0,
  );
}

/** What a deployment with one tenant costs in a month, whatever happens in it. */
export function standingCosts({ metricHours }: Pick<CountedDay, 'metricHours'>): Standing[] {
  const metrics = metricHours / 24;
  const alarms = countAlarmMetrics();
  const checks = (HOURS_OF_MONTH * 60) / WATCH_MINUTES;
  const queueRequests = checks * (2 * 2 * ENDPOINTS.length + 2);
  return [
    { what: 'custom metrics', count: metrics, dollars: metrics * METRIC_MONTH * ((365 / 12) * (24 / HOURS_OF_MONTH)) },
    { what: 'metrics of alarms', count: alarms, dollars: alarms * ALARM_MONTH },
    { what: 'dashboards', count: 1, dollars: DASHBOARD_MONTH },
    { what: 'secrets', count: 1, dollars: SECRET_MONTH },
    {
      what: 'checks of the watch',
      count: checks,
      dollars:
        checks * CHECK_SECONDS * CHECK_GIGABYTES * GIGABYTE_SECOND +
        (checks * (PER_MILLION.invocation + PER_MILLION.schedule) + queueRequests * PER_MILLION.queueRequest) / 1e6,
    },
  ];
}
