import type { Taken } from '../sources/source.ts';
import { type CallSegments, computeCallSegments } from './call-segments.ts';
import { METRICS, METRICS_VERSION } from './metric-results.ts';

/** Computed segments of one call version, with the version it was computed from. */
export interface SegmentedCall {
  readonly taken: Taken;
  readonly segments: CallSegments;
}

export const segmentCall = (taken: Taken): SegmentedCall => ({ taken, segments: computeCallSegments(taken.record) });

/** The flat record under `segments/`: one number and one status per metric. */
export function segmentRecord({ segments: { metrics, ...call } }: SegmentedCall): Record<string, unknown> {
  const { anomalies, segments, ...identity } = call;
  const flat = METRICS.flatMap((metric) => [
    [metric, metrics[metric].seconds],
    [`${metric}_status`, metrics[metric].status],
  ]);
  return { ...identity, ...Object.fromEntries(flat), anomalies, segments, metrics_version: METRICS_VERSION };
}
