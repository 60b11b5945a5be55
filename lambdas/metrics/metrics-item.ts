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
  const createdAt = call.created_at ?? `${taken.dt}T00:00:00.000Z`;
  const statuses: Record<string, string> = {};
  const item: MetricsItem & Record<string, unknown> = {
    call_key: toCallKey(tenant, call.call_id),
    day_key: toDayKey(tenant, taken.dt, chooseShard(call.call_id)),
    tenant,
    call_id: call.call_id,
    call_type: short(call.call_type),
    family: call.family,
    status: short(call.status),
    agent_id: call.agent_id,
    queue_id: call.queue_id,
    queue_name: short(call.queue_name),
    created_at: createdAt,
    outcome: call.facts.outcome.outcome,
    metric_status: statuses,
    segments: call.segments.length > MAX_SEGMENTS ? call.segments.slice(0, MAX_SEGMENTS) : call.segments,
    anomalies: call.anomalies,
    metrics_version: METRICS_VERSION,
    source_updated_at: call.updated_at ?? createdAt,
    ingested_at: taken.extractedAt,
    source_batch: taken.batch,
  };
  // an attribute without a value is absent; a spread object for each takes nearly twice the time
  Object.assign(item, selectItemFacts(call.facts));
  if (call.agent_id !== null) item.agent_key = toAgentKey(tenant, call.agent_id);
  if (call.queue_id !== null) item.queue_key = toQueueKey(tenant, call.queue_id);
  if (call.settled_after !== null) item.settled_after = call.settled_after;
  for (const metric of METRICS) {
    const { seconds, status } = call.metrics[metric];
    if (seconds !== null) item[metric] = seconds;
    if (status !== 'ok' && status !== 'not_applicable') statuses[metric] = status;
  }
  if (call.segments.length > MAX_SEGMENTS) item.truncated = true;
  if (ttlDays !== undefined) item.expires_at = Math.floor(readTimestamp(createdAt) / 1000) + ttlDays * DAY;
  return item;
}
