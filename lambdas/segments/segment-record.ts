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
  /** Number of the batch with which it was read, as text that sorts like the numbers. */
  readonly batch: string;
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

/** Names of the columns of each metric. */
const COLUMNS = METRICS.map((metric) => ({ metric, status: `${metric}_status` }));

/** The flat record under `segments/`: one number and one status per metric. */
export function toSegmentRecord({ segments: { metrics, ...call } }: SegmentedCall): Record<string, unknown> {
  const { anomalies, segments, ...identity } = call;
  const record: Record<string, unknown> = identity;
  // assigned one by one, the records of all calls share one hidden class, which takes a third of the time
  for (const { metric, status } of COLUMNS) {
    record[metric] = metrics[metric].seconds;
    record[status] = metrics[metric].status;
  }
  record.anomalies = anomalies;
  record.segments = segments;
  record.metrics_version = METRICS_VERSION;
  return record;
}
