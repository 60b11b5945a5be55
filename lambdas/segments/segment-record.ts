import { METRICS } from '../../catalog/segment-metrics.ts';
import { type CallSegments, computeCallSegments } from './call-segments.ts';
import { METRICS_VERSION } from './metric-results.ts';

/** One version of a call's record. */
interface CallVersion {
  readonly record: Readonly<Record<string, unknown>>;
  /** Partition: UTC date of the start of the call. */
  readonly dt: string;
  /** When it was read from the API, platform time. */
  readonly extractedAt: string;
}

/** Computed segments of one call version, with the version it was computed from. */
export interface SegmentedCall {
  readonly taken: CallVersion;
  readonly segments: CallSegments;
}

export const segmentCall = (taken: CallVersion): SegmentedCall => ({
  taken,
  segments: computeCallSegments(taken.record),
});

/** The flat record under `segments/`: one number and one status per metric. */
export function toSegmentRecord({ segments: { metrics, ...call } }: SegmentedCall): Record<string, unknown> {
  const { anomalies, segments, ...identity } = call;
  const flat = METRICS.flatMap((metric) => [
    [metric, metrics[metric].seconds],
    [`${metric}_status`, metrics[metric].status],
  ]);
  return { ...identity, ...Object.fromEntries(flat), anomalies, segments, metrics_version: METRICS_VERSION };
}
