import type { Segment, SegmentKind } from '../../catalog/segment-metrics.ts';
import { type Instant, SKEW_TOLERANCE } from './instant.ts';

/** Creates a segment from start to end. If it ends within the tolerance before its start, it has no length. If its times are implausible, it has no end. */
export function createSegment(kind: SegmentKind, start: Instant, end: Instant | null): Segment {
  if (end === null || start.isImplausible || end.isImplausible || end.time - start.time <= -SKEW_TOLERANCE)
    return { kind, start: start.text };
  if (end.time < start.time) return { kind, start: start.text, end: start.text, seconds: 0 };
  return { kind, start: start.text, end: end.text, seconds: (end.time - start.time) / 1000 };
}
