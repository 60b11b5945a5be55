export { type CallSegments, type CallSegmentsOptions, computeCallSegments } from './call-segments.ts';
export type { Family } from './families.ts';
export {
  METRIC_STATUSES,
  METRICS,
  METRICS_VERSION,
  type Metric,
  type MetricResult,
  type MetricStatus,
} from './metrics.ts';
export type { Segment, SegmentKind } from './segment.ts';
