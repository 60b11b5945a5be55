import { type CallMetrics, parseCallMetrics } from './call-metrics.ts';
import { toCallKey } from './metrics-keys.ts';
import { type MetricsTableReference, readItem } from './read-items.ts';

export type { Segment } from '../../catalog/segment-metrics.ts';
export { METRICS, type Metric, type MetricResult, type MetricStatus } from '../../catalog/segment-metrics.ts';
export { type CallMetrics, parseCallMetrics } from './call-metrics.ts';
export type { TimeRange } from './created-range.ts';
export { type CallFilter, listCallsByAgent, listCallsByDay, listCallsByQueue } from './list-calls.ts';
export type { MetricsTableReference } from './read-items.ts';
export { InvalidItemError, InvalidRangeError, ReaderError } from './reader-errors.ts';

/**
 * The metrics of a call as they are now.
 * @param callId as text if it has more digits than a number can hold
 * @returns undefined if the table does not have the call
 * @throws InvalidItemError if its item violates the contract
 *
 * @example
 * ```ts
 * const metrics = { client: DynamoDBDocumentClient.from(new DynamoDBClient({})), table: 'Ccaip-Metrics' };
 * const call = await getCallMetrics(metrics, 'acme', 1234);
 * call?.metrics.talk_time; // { seconds: 255, status: 'ok' }
 * ```
 */
export async function getCallMetrics(
  source: MetricsTableReference,
  tenant: string,
  callId: number | string,
): Promise<CallMetrics | undefined> {
  const item = await readItem(source, toCallKey(tenant, callId));
  return item === undefined ? undefined : parseCallMetrics(item);
}
