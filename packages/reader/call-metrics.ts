import * as z from 'zod/mini';
import {
  METRIC_STATUSES,
  METRICS,
  type Metric,
  type MetricResult,
  type MetricStatus,
} from '../../catalog/segment-metrics.ts';
import { type CallFacts, itemFactsSchema, nameFacts } from './call-facts.ts';
import { InvalidItemError } from './reader-errors.ts';

const text = z._default(z.nullable(z.string()), null);
const id = z._default(z.nullable(z.number()), null);

const segmentSchema = z.object({
  kind: z.enum(['ivr', 'queue', 'ring', 'talk', 'hold', 'transfer', 'conference', 'third_party']),
  start: z.optional(z.string()),
  end: z.optional(z.string()),
  seconds: z.optional(z.number()),
  participant: z.optional(z.number()),
  user: z.optional(z.number()),
  outcome: z.optional(z.enum(['abandoned', 'deflected', 'failed', 'cancelled', 'unanswered'])),
});

/** Attributes of every item. Each metric with a value adds a number. */
const itemSchema = z.object({
  call_key: z.string(),
  tenant: z.string(),
  call_id: z._default(z.nullable(z.union([z.number(), z.string()])), null),
  call_type: text,
  family: z.enum(['internal', 'direct', 'campaign', 'outbound', 'scheduled', 'mobile', 'ivr', 'other']),
  status: text,
  agent_id: id,
  queue_id: id,
  queue_name: text,
  created_at: z.string(),
  settled_after: text,
  segments: z._default(z.array(segmentSchema), []),
  truncated: z.optional(z.boolean()),
  anomalies: z._default(z.array(z.string()), []),
  metric_status: z._default(z.record(z.string(), z.enum(METRIC_STATUSES)), {}),
  metrics_version: z.number(),
  source_updated_at: z.string(),
  /** Number of the batch with which the version was read, as text that sorts like the numbers. */
  source_batch: z.optional(z.string()),
  ingested_at: z.string(),
});

const valuesSchema = z.object(
  Object.fromEntries(METRICS.map((metric) => [metric, z.optional(z.number().check(z.nonnegative()))])),
);

/**
 * A call of the metrics table: what identifies it, its twelve metrics, its segments and its facts. Times are ISO 8601 in UTC with
 * milliseconds, metrics are seconds. `truncated` is true if the call has more `segments` than an item holds: they are the first ones,
 * and the lake has them all.
 *
 * @example
 * ```ts
 * const isLong = (call: CallMetrics) => (call.metrics.handle_time.seconds ?? 0) > 3600;
 * ```
 */
export interface CallMetrics extends Omit<z.infer<typeof itemSchema>, 'call_key' | 'metric_status'>, CallFacts {
  /** Every metric with its status. A metric without a value has `seconds: null`, and its status says why. */
  readonly metrics: Readonly<Record<Metric, MetricResult>>;
}

/**
 * Parses an item of the metrics table. Checks the item and restores the statuses that it leaves out: `ok` if there is a value,
 * `not_applicable` if there is none.
 *
 * @param item as returned by `DynamoDBDocumentClient` or `unmarshall`
 * @throws InvalidItemError if it is not an item of the metrics table
 *
 * @example
 * ```ts
 * const { metrics } = parseCallMetrics(item);
 * if (metrics.queue_time.seconds === null) console.log(metrics.queue_time.status); // e.g. pending
 * ```
 */
export function parseCallMetrics(item: unknown): CallMetrics {
  const parsed = z.safeParse(itemSchema, item);
  const values = z.safeParse(valuesSchema, item);
  const lists = z.safeParse(itemFactsSchema, item);
  if (!parsed.success || !values.success || !lists.success)
    throw new InvalidItemError(describeProblem(item, parsed.error ?? values.error ?? lists.error));
  const { call_key, metric_status, ...call } = parsed.data;
  const result = (metric: Metric): MetricResult => {
    const seconds = values.data[metric] ?? null;
    const status = metric_status[metric] ?? (seconds === null ? 'not_applicable' : 'ok');
    if ((seconds !== null) !== HAS_VALUE.has(status))
      throw new InvalidItemError(
        `item ${call_key}: ${metric} is ${seconds ?? 'without a value'} although its status is ${status}`,
      );
    return { seconds, status };
  };
  return {
    ...call,
    ...readFacts(item, lists.data),
    metrics: {
      billing_time: result('billing_time'),
      call_time: result('call_time'),
      ivr_time: result('ivr_time'),
      queue_time: result('queue_time'),
      wait_time: result('wait_time'),
      handle_time: result('handle_time'),
      transfer_time: result('transfer_time'),
      conference_time: result('conference_time'),
      third_party_talk_time: result('third_party_talk_time'),
      ring_time: result('ring_time'),
      talk_time: result('talk_time'),
      hold_time: result('hold_time'),
    },
  };
}

function readFacts(item: unknown, lists: z.infer<typeof itemFactsSchema>): CallFacts {
  try {
    return nameFacts(lists);
  } catch (error) {
    throw new InvalidItemError(describeProblem(item, error instanceof z.core.$ZodError ? error : undefined));
  }
}

/** Statuses of a metric with a value. */
const HAS_VALUE: ReadonlySet<MetricStatus> = new Set(['ok', 'approximate']);

const keySchema = z.object({ call_key: z.string() });

function describeProblem(item: unknown, error: z.core.$ZodError | undefined): string {
  const key = z.safeParse(keySchema, item);
  const name = key.success ? `item ${key.data.call_key}` : 'an item without call_key';
  const [issue] = error?.issues ?? [];
  const place = issue === undefined || issue.path.length === 0 ? 'the item' : issue.path.join('.');
  return `${name} violates the contract of the metrics table at ${place}: ${issue?.message ?? 'invalid'}. Was it written by a newer version of ccaip-ingest?`;
}
