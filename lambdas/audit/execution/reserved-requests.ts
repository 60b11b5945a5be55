import { type Endpoint, findEndpoint } from '../../../catalog/index.ts';
import { type AuditWindow, listDates } from '../audit-window.ts';

/** Requests of a day of a tail of which nothing is missing: its count, and at most two pages that check it. */
const DAY_REQUESTS = 3;

/** Requests of a snapshot of a thousand records. */
const SNAPSHOT_REQUESTS = 10;

/**
 * Counts the requests that an endpoint leaves for those that are compared after it. Without them, an endpoint whose records have to be
 * listed would spend the budget of every audit alone. If too few are left for all, each endpoint gets the same number.
 * @param left requests that are left in the budget
 * @param later names of the endpoints that are compared afterwards
 */
export function countReserved(left: number, later: readonly string[], range: AuditWindow): number {
  const asking = later.flatMap((name) => findEndpoint(name) ?? []).filter(({ source }) => source.kind !== 'nested');
  const needed = asking.reduce((sum, endpoint) => sum + estimateRequests(endpoint, range), 0);
  const share = Math.ceil(Math.max(0, left) / (asking.length + 1));
  return Math.min(needed, Math.max(0, left - share));
}

const estimateRequests = ({ source }: Endpoint, range: AuditWindow): number =>
  source.kind === 'tail' ? DAY_REQUESTS * listDates(range).length : SNAPSHOT_REQUESTS;
