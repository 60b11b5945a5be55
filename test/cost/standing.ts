import { ENDPOINTS } from '../../catalog/index.ts';
import type { CountedDay } from './day.ts';
import { ALARM_MONTH, DASHBOARD_MONTH, HOURS_OF_MONTH, METRIC_MONTH, SECRET_MONTH } from './prices.ts';

/** What is billed for being there: dollars a month. */
export interface Standing {
  readonly what: string;
  readonly count: number;
  readonly dollars: number;
}

/** Alarms of its endpoints, of its tenant, and of what runs beside them. */
const ALARMS = 3 * ENDPOINTS.length + 2 + 4;

/** What a deployment with one tenant costs in a month, whatever happens in it. */
export function standingCosts({ metricHours }: Pick<CountedDay, 'metricHours'>): Standing[] {
  const metrics = metricHours / 24;
  return [
    { what: 'custom metrics', count: metrics, dollars: metrics * METRIC_MONTH * ((365 / 12) * (24 / HOURS_OF_MONTH)) },
    { what: 'alarms', count: ALARMS, dollars: ALARMS * ALARM_MONTH },
    { what: 'dashboards', count: 1, dollars: DASHBOARD_MONTH },
    { what: 'secrets', count: 1, dollars: SECRET_MONTH },
  ];
}
