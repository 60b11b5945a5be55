import { resources, synthesise } from '../lib/template.ts';
import type { CountedDay } from './day.ts';
import { ALARM_MONTH, DASHBOARD_MONTH, HOURS_OF_MONTH, METRIC_MONTH, SECRET_MONTH } from './prices.ts';

/** What is billed for being there: dollars a month. */
export interface Standing {
  readonly what: string;
  readonly count: number;
  readonly dollars: number;
}

/** Alarms in the template of a deployment with one tenant. */
const countAlarms = (): number => resources(synthesise({ curation: true }).template, 'AWS::CloudWatch::Alarm').size;

/** What a deployment with one tenant costs in a month, whatever happens in it. */
export function standingCosts({ metricHours }: Pick<CountedDay, 'metricHours'>): Standing[] {
  const metrics = metricHours / 24;
  const alarms = countAlarms();
  return [
    { what: 'custom metrics', count: metrics, dollars: metrics * METRIC_MONTH * ((365 / 12) * (24 / HOURS_OF_MONTH)) },
    { what: 'alarms', count: alarms, dollars: alarms * ALARM_MONTH },
    { what: 'dashboards', count: 1, dollars: DASHBOARD_MONTH },
    { what: 'secrets', count: 1, dollars: SECRET_MONTH },
  ];
}
