import { type CallMetrics, parseCallMetrics } from './call-metrics.ts';
import { listDays, type TimeRange, toBetween } from './created-range.ts';
import { mergeByTime } from './merge.ts';
import { DAY_SHARDS, toAgentKey, toDayKey, toQueueKey } from './metrics-keys.ts';
import { type Entry, type MetricsTableReference, queryEntries, readItems } from './read-items.ts';

/**
 * Filter for the listed calls.
 *
 * @example
 * ```ts
 * const final: CallFilter = { tenant: 'acme', settledOnly: true };
 * ```
 */
export interface CallFilter {
  readonly tenant: string;
  /**
   * Lists only calls whose metrics are final because their `settled_after` has passed.
   * @default false
   */
  readonly settledOnly?: boolean;
  /** Current time for `settledOnly`. @default - now */
  readonly now?: Date;
}

/** Number of items to read at once, the maximum of a DynamoDB request. */
const AT_ONCE = 100;

/**
 * Lists the calls that an agent handled last, ordered by their start.
 * @throws InvalidRangeError, InvalidItemError
 *
 * @example
 * ```ts
 * for await (const call of listCallsByAgent(metrics, { tenant: 'acme', agentId: 7, from: '2026-11-02T00:00:00Z' }))
 *   console.log(call.call_id, call.metrics.handle_time);
 * ```
 */
export async function* listCallsByAgent(
  source: MetricsTableReference,
  { agentId, ...filter }: CallFilter & TimeRange & { readonly agentId: number },
): AsyncGenerator<CallMetrics> {
  const key = toAgentKey(filter.tenant, agentId);
  const entries = queryEntries(source, 'by_agent', key, toBetween(filter));
  yield* callsOf(source, entries, filter, (item) => item.agent_key === key);
}

/**
 * Lists the calls of a queue (menu), ordered by their start.
 * @throws InvalidRangeError, InvalidItemError
 *
 * @example
 * ```ts
 * for await (const call of listCallsByQueue(metrics, { tenant: 'acme', queueId: 9, settledOnly: true }))
 *   console.log(call.call_id, call.metrics.queue_time);
 * ```
 */
export async function* listCallsByQueue(
  source: MetricsTableReference,
  { queueId, ...filter }: CallFilter & TimeRange & { readonly queueId: number },
): AsyncGenerator<CallMetrics> {
  const key = toQueueKey(filter.tenant, queueId);
  const entries = queryEntries(source, 'by_queue', key, toBetween(filter));
  yield* callsOf(source, entries, filter, (item) => item.queue_key === key);
}

/**
 * Lists the calls of one or more UTC days, ordered by their start. The eight partitions of a day are read in parallel.
 * @throws InvalidRangeError, InvalidItemError
 *
 * @example
 * ```ts
 * for await (const call of listCallsByDay(metrics, { tenant: 'acme', day: '2026-11-01', lastDay: '2026-11-07' }))
 *   console.log(call.created_at, call.queue_name);
 * ```
 */
export async function* listCallsByDay(
  source: MetricsTableReference,
  { day, lastDay = day, ...filter }: CallFilter & { readonly day: string; readonly lastDay?: string },
): AsyncGenerator<CallMetrics> {
  for (const each of listDays(day, lastDay)) {
    const shards = Array.from({ length: DAY_SHARDS }, (_, shard) =>
      queryEntries(source, 'by_day', toDayKey(filter.tenant, each, shard), toBetween({})),
    );
    yield* callsOf(source, mergeByTime(shards), filter, () => true);
  }
}

/**
 * Reads the items of index entries. An index is eventually consistent, so items that no longer match the key are left out.
 */
async function* callsOf(
  source: MetricsTableReference,
  entries: AsyncIterable<Entry>,
  { settledOnly = false, now = new Date() }: CallFilter,
  isWanted: (item: Record<string, unknown>) => boolean,
): AsyncGenerator<CallMetrics> {
  const time = now.toISOString();
  for await (const keys of chunksOf(entries)) {
    const items = await readItems(source, keys);
    for (const key of keys) {
      const item = items.get(key);
      if (item === undefined || !isWanted(item)) continue;
      const call = parseCallMetrics(item);
      if (!settledOnly || (call.settled_after !== null && call.settled_after <= time)) yield call;
    }
  }
}

async function* chunksOf(entries: AsyncIterable<Entry>): AsyncGenerator<string[]> {
  let keys: string[] = [];
  for await (const { call_key } of entries) {
    keys.push(call_key);
    if (keys.length < AT_ONCE) continue;
    yield keys;
    keys = [];
  }
  if (keys.length > 0) yield keys;
}
