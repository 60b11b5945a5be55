import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import type { WatchEvent } from './watch-event.ts';

/** A tenant's endpoint that has to run. */
export interface ExpectedPlace {
  readonly tenant: string;
  readonly endpoint: string;
  readonly source: Endpoint['source'];
  /** Minutes between two runs. */
  readonly everyMinutes: number;
}

/** Number of missed runs in a row after which an endpoint is behind. */
const MISSED_RUNS = 3;

/** Minimum minutes before an endpoint is behind, because a long run or a short outage needs no action. */
const MIN_TARGET = 30;

/** For long cadences, minutes after the missed run. An endpoint that runs daily is not three days behind before it is noticed. */
const MAX_AFTER_MISSED = 360;

/** Computes after how many minutes without being caught up an endpoint is behind. */
export function computeTargetMinutes(everyMinutes: number): number {
  return Math.max(MIN_TARGET, Math.min(MISSED_RUNS * everyMinutes, everyMinutes + MAX_AFTER_MISSED));
}

/** Lists what the deployment is expected to run. */
export function listExpectedPlaces(tenants: WatchEvent['tenants']): ExpectedPlace[] {
  return Object.entries(tenants).flatMap(([tenant, cadences]) =>
    ENDPOINTS.flatMap(({ name, source, everyMinutes: usual }) => {
      const everyMinutes = cadences[name] ?? usual;
      return everyMinutes === 0 ? [] : [{ tenant, endpoint: name, source, everyMinutes }];
    }),
  );
}
