import { ENDPOINTS } from '../../catalog/index.ts';
import { WATCH_MINUTES } from '../../lib/monitoring/watch-metric.ts';
import { type Json, resources, synthesise } from '../lib/template.ts';
import type { CountedDay } from './day.ts';
import {
  ALARM_MONTH,
  ATHENA_TERABYTE,
  DASHBOARD_MONTH,
  GIGABYTE_SECOND,
  HOURS_OF_MONTH,
  METRIC_MONTH,
  MIN_QUERY_BYTES,
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

/** Nights of a month, and how many of them compare five weeks. */
const NIGHTS = 365 / 12;
const SUNDAYS = NIGHTS / 7;

/** State transitions of an audit without a finding: those of an execution and a tenant, and of each endpoint. */
const TRANSITIONS = 8 + 3 * ENDPOINTS.length;

/** Folders that Athena and the function list in an audit of three days and of five weeks: measured with `npm run athena:audit`. */
const LISTS = { nightly: 200, weekly: 1_500 };

/** Seconds of the function in an audit, with gigabytes: assumed. */
const AUDIT_SECONDS = 90;
const AUDIT_GIGABYTES = 2;

/** What the audits of a month cost without a finding. The metric has a value in one hour of each night. */
export function auditCosts(): number {
  const { transition, list, schedule, invocation } = PER_MILLION;
  const lists = (NIGHTS - SUNDAYS) * LISTS.nightly + SUNDAYS * LISTS.weekly;
  const perNight =
    (TRANSITIONS * transition + schedule + (ENDPOINTS.length + 3) * invocation) / 1e6 +
    (ENDPOINTS.length * MIN_QUERY_BYTES * ATHENA_TERABYTE) / 1e12 +
    AUDIT_SECONDS * AUDIT_GIGABYTES * GIGABYTE_SECOND;
  return NIGHTS * (perNight + METRIC_MONTH / HOURS_OF_MONTH) + (lists * list) / 1e6;
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
    { what: 'audits', count: NIGHTS, dollars: auditCosts() },
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
