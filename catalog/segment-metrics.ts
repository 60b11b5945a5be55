/**
 * The segment metrics of a call, in the order in which they are stored and shown. Every value is in seconds.
 *
 * @example
 * ```ts
 * for (const name of METRICS) console.log(name, call.metrics[name].seconds);
 * ```
 */
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

/**
 * Name of a segment metric.
 *
 * @example
 * ```ts
 * const shown: readonly Metric[] = ['queue_time', 'handle_time'];
 * ```
 */
export type Metric = (typeof METRICS)[number];

/**
 * Status of a metric. Null is not zero. A metric without a value always has a status that says why.
 *
 * - `ok`: computed from the fields of its definition (or an alias of them)
 * - `approximate`: has a value, but a substitute was used or a skew below one second was clamped
 * - `not_applicable`: this call has no such segment
 * - `pending`: the call is open, and the segment has not ended or may still start
 * - `missing_input`: the call is over and had the segment, but the API did not send the required fields
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

/**
 * Status of a segment metric.
 *
 * @example
 * ```ts
 * const isKnown = (status: MetricStatus) => status === 'ok' || status === 'approximate';
 * ```
 */
export type MetricStatus = (typeof METRIC_STATUSES)[number];

/**
 * A segment metric of one call.
 *
 * @example
 * ```ts
 * const format = ({ seconds, status }: MetricResult) => (seconds === null ? status : `${seconds} s`);
 * ```
 */
export interface MetricResult {
  /** Seconds with millisecond precision, never negative; null unless the status is `ok` or `approximate`. */
  readonly seconds: number | null;
  readonly status: MetricStatus;
}

/** Kinds of segments. */
export type SegmentKind = 'ivr' | 'queue' | 'ring' | 'talk' | 'hold' | 'transfer' | 'conference' | 'third_party';

/**
 * A timed part of a call. If the metric of a kind has a value, the `seconds` of all segments of that kind add up to it. A menu
 * or queue that the caller left is shown although its metric is `not_applicable`.
 *
 * @example
 * ```ts
 * const holds = call.segments.filter((segment: Segment) => segment.kind === 'hold');
 * ```
 */
export interface Segment {
  readonly kind: SegmentKind;
  /** ISO 8601 UTC. Absent for `hold`, of which the API gives the length, not the position, and for `talk` if its start contradicts the call. */
  readonly start?: string;
  /** ISO 8601 UTC. Absent while the segment is open, or if its end is missing or contradicts its start. */
  readonly end?: string;
  /** Seconds from start to end, for `talk` without the time on hold. Absent if unknown. */
  readonly seconds?: number;
  /** Participant row that received a transfer. */
  readonly participant?: number;
  /** Agent who received a transfer, or should have. */
  readonly user?: number;
  /**
   * How a segment ended that did not lead to an agent: the caller hung up or was deflected; a transfer failed, was cancelled, or
   * was not taken.
   */
  readonly outcome?: 'abandoned' | 'deflected' | 'failed' | 'cancelled' | 'unanswered';
}
