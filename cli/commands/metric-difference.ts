import type { Metric } from '../../catalog/segment-metrics.ts';
import type { ExpectedMetric } from '../../simulator/timeline.ts';
import { ROUNDING_TOLERANCE } from '../../simulator/truth.ts';

/** A metric of a call that differs from what happened in the simulation. */
export interface Difference {
  readonly call_id: unknown;
  readonly metric: Metric;
  /** Seconds and status as computed. */
  readonly computed: string;
  /** Expected seconds and status. */
  readonly truth: string;
}

interface Computed {
  readonly seconds: unknown;
  readonly status: unknown;
}

// tolerance for sums of seconds in floating point
const EPSILON = 1e-6;

/**
 * Compares a metric with what happened. The status must be equal. The seconds may differ by the rounding of the API.
 * @param truth undefined if there was no such call
 * @returns undefined if they are equal
 */
export function compareMetric(
  call_id: unknown,
  metric: Metric,
  computed: Computed,
  truth: ExpectedMetric | undefined,
): Difference | undefined {
  const { seconds, status } = truth ?? { seconds: null, status: 'no such call' };
  const tolerance = (ROUNDING_TOLERANCE[metric] ?? 0) + EPSILON;
  const isNear =
    typeof computed.seconds === 'number' && seconds !== null
      ? Math.abs(computed.seconds - seconds) <= tolerance
      : computed.seconds === seconds;
  if (isNear && computed.status === status) return undefined;
  return { call_id, metric, computed: `${computed.seconds} ${computed.status}`, truth: `${seconds} ${status}` };
}

/** Describes the tolerated differences, e.g. `talk_time ±1 s`. */
export const describeTolerance = (): string =>
  Object.entries(ROUNDING_TOLERANCE)
    .filter(([, seconds]) => seconds > 0)
    .map(([metric, seconds]) => `${metric} ±${seconds} s`)
    .join(', ');
