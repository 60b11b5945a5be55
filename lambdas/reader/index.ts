import { callKey } from '../stores/metrics-keys.ts';
import { type CallMetrics, parseCallMetrics } from './call-metrics.ts';
import { type MetricsTableReference, readItem } from './table.ts';

export { METRICS, type Metric, type MetricResult, type MetricStatus, type Segment } from '../segments/index.ts';
export { type CallMetrics, parseCallMetrics } from './call-metrics.ts';
export { InvalidItemError, InvalidRangeError, ReaderError } from './errors.ts';
export { type CallFilter, listCallsByAgent, listCallsByDay, listCallsByQueue } from './list-calls.ts';
export type { TimeRange } from './range.ts';
export type { MetricsTableReference } from './table.ts';

/**
 * The metrics of a call as they are now.
 * @returns undefined if the table does not have the call
 * @throws InvalidItemError if its item is not as the contract says
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
  callId: number,
): Promise<CallMetrics | undefined> {
  const item = await readItem(source, callKey(tenant, callId));
  return item === undefined ? undefined : parseCallMetrics(item);
}
