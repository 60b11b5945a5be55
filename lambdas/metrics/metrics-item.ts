import { METRICS } from '../../catalog/segment-metrics.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import { chooseShard, toAgentKey, toCallKey, toDayKey, toQueueKey } from '../../packages/reader/metrics-keys.ts';
import { METRICS_VERSION } from '../segments/metric-results.ts';
import type { SegmentedCall } from '../segments/segment-record.ts';
import { selectItemFacts } from './item-facts.ts';

/** An item of the metrics table. It depends only on the raw record and the metrics version. */
export type MetricsItem = Readonly<Record<string, unknown>> & {
  readonly call_key: string;
  readonly source_updated_at: string;
  readonly metrics_version: number;
  readonly ingested_at: string;
  readonly source_batch: string;
};

const DAY = 86_400;

/** Maximum number of characters of a text: an item has at most 400 kB. A longer text is cut; the raw record has all of it. */
const MAX_TEXT_LENGTH = 1_000;

/** Maximum number of segments, for the same reason: a segment has up to 150 bytes, everything else up to 12 kB. The lake has all segments. */
export const MAX_SEGMENTS = 2_000;
const short = (text: string | null) => text?.slice(0, MAX_TEXT_LENGTH) ?? null;

/**
 * Creates the item of one call version. Metrics without a value have no attribute; `metric_status` lists every status but `ok`
 * (a value without a status) and `not_applicable` (neither).
 * @param ttlDays days after the start of the call at which `expires_at` lets DynamoDB delete the item; undefined for never
 */
export function createMetricsItem(
  tenant: string,
  { taken, segments: call }: SegmentedCall,
  ttlDays?: number | undefined,
): MetricsItem {
  const seconds: Record<string, number> = {};
  const statuses: Record<string, string> = {};
  for (const metric of METRICS) {
    const result = call.metrics[metric];
    if (result.seconds !== null) seconds[metric] = result.seconds;
    if (result.status !== 'ok' && result.status !== 'not_applicable') statuses[metric] = result.status;
  }
  const createdAt = call.created_at ?? `${taken.dt}T00:00:00.000Z`;
  return {
    call_key: toCallKey(tenant, call.call_id),
    day_key: toDayKey(tenant, taken.dt, chooseShard(call.call_id)),
    ...(call.agent_id !== null && { agent_key: toAgentKey(tenant, call.agent_id) }),
    ...(call.queue_id !== null && { queue_key: toQueueKey(tenant, call.queue_id) }),
    tenant,
    call_id: call.call_id,
    call_type: short(call.call_type),
    family: call.family,
    status: short(call.status),
    agent_id: call.agent_id,
    queue_id: call.queue_id,
    queue_name: short(call.queue_name),
    created_at: createdAt,
    ...(call.settled_after !== null && { settled_after: call.settled_after }),
    outcome: call.facts.outcome.outcome,
    ...selectItemFacts(call.facts),
    ...seconds,
    metric_status: statuses,
    segments: call.segments.length > MAX_SEGMENTS ? call.segments.slice(0, MAX_SEGMENTS) : call.segments,
    ...(call.segments.length > MAX_SEGMENTS && { truncated: true }),
    anomalies: call.anomalies,
    metrics_version: METRICS_VERSION,
    source_updated_at: call.updated_at ?? createdAt,
    ingested_at: taken.extractedAt,
    source_batch: taken.batch,
    ...(ttlDays !== undefined && { expires_at: Math.floor(readTimestamp(createdAt) / 1000) + ttlDays * DAY }),
  };
}
