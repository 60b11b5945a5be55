import { SKEW_TOLERANCE } from './interval-metrics.ts';
import type { Instant } from './timestamps.ts';

/** Kinds of segments. */
export type SegmentKind = 'ivr' | 'queue' | 'ring' | 'talk' | 'hold' | 'transfer' | 'conference' | 'third_party';

/**
 * A timed part of a call. Where the metric of a kind has a value, the `seconds` of all segments of that kind add up to
 * it (a menu or queue that the caller left is shown although its metric is `not_applicable`).
 */
export interface Segment {
  readonly kind: SegmentKind;
  /** ISO 8601 UTC. Absent only for `hold`: the API gives its length, not its position. */
  readonly start?: string;
  /** ISO 8601 UTC; absent while the segment is running, and where its end is missing or contradicts its start. */
  readonly end?: string;
  /** Seconds from start to end, for `talk` without the time on hold; absent where that is not known. */
  readonly seconds?: number;
  /** Participant row of the agent who received a transfer. */
  readonly participant?: number;
  /** Agent who received a transfer, or should have. */
  readonly user?: number;
  /** How a segment ended that nobody answered: the caller hung up, was deflected, or no agent took the transfer. */
  readonly outcome?: 'abandoned' | 'deflected' | 'unanswered';
}

/** A segment from start to end; one that ends within the tolerance before its start has no length. */
export function segmentOf(kind: SegmentKind, start: Instant, end: Instant | null): Segment {
  if (end === null || end.time - start.time <= -SKEW_TOLERANCE) return { kind, start: start.text };
  if (end.time < start.time) return { kind, start: start.text, end: start.text, seconds: 0 };
  return { kind, start: start.text, end: end.text, seconds: (end.time - start.time) / 1000 };
}
