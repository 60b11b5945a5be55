/** The segment metrics of a call, in the order in which they are stored and shown. Every value is in seconds. */
export const METRICS = [
  'billing_time',
  'call_time',
  'ivr_time',
  'queue_time',
  'wait_time',
  'handle_time',
  'transfer_time',
  'conference_time',
  'third_party_talk_time',
  'ring_time',
  'talk_time',
  'hold_time',
] as const;

/** Name of a segment metric. */
export type Metric = (typeof METRICS)[number];

/**
 * Why a metric is what it is. Null is not zero: a metric without a value always says why.
 *
 * - `ok`: computed from the fields of its definition (or an alias of them)
 * - `approximate`: has a value, but a substitute was used or a skew below one second was clamped
 * - `not_applicable`: this call has no such segment
 * - `pending`: the call is open and the segment has not ended, or may still begin
 * - `missing_input`: the call is over and had the segment, but the API did not give what is needed
 * - `inconsistent`: the inputs contradict each other
 */
export const METRIC_STATUSES = [
  'ok',
  'approximate',
  'not_applicable',
  'pending',
  'missing_input',
  'inconsistent',
] as const;

/** Status of a segment metric. */
export type MetricStatus = (typeof METRIC_STATUSES)[number];

/** Version of the rules, raised whenever the same record would give another result. */
export const METRICS_VERSION = 1;

/** A segment metric of one call. */
export interface MetricResult {
  /** Seconds with millisecond precision, never negative; null unless the status is `ok` or `approximate`. */
  readonly seconds: number | null;
  readonly status: MetricStatus;
}

export const NOT_APPLICABLE: MetricResult = Object.freeze({ seconds: null, status: 'not_applicable' });
export const PENDING: MetricResult = Object.freeze({ seconds: null, status: 'pending' });
export const MISSING_INPUT: MetricResult = Object.freeze({ seconds: null, status: 'missing_input' });
export const INCONSISTENT: MetricResult = Object.freeze({ seconds: null, status: 'inconsistent' });

/**
 * A metric with a value.
 *
 * @param milliseconds - an integer: whole milliseconds are added and subtracted, and divided once at the end, so that
 * no value ever carries a float artefact
 */
export const measured = (milliseconds: number, status: 'ok' | 'approximate' = 'ok'): MetricResult => ({
  seconds: milliseconds / 1000,
  status,
});
