import type { Metric } from '../../catalog/segment-metrics.ts';
import type { ExpectedMetric } from '../../simulator/timeline.ts';
import { ROUNDING_TOLERANCE } from '../../simulator/truth.ts';

/** A metric of a call that is not what happened in the simulation. */
export interface Difference {
  readonly call_id: unknown;
  readonly metric: Metric;
  /** Seconds and status as computed. */
  readonly computed: string;
  /** Seconds and status as they must be. */
  readonly truth: string;
}

interface Computed {
  readonly seconds: unknown;
  readonly status: unknown;
}

// sums of seconds in floating point
const EPSILON = 1e-6;

/**
 * Compares a metric with what happened: the status must be the same, the seconds may differ by what the API rounds.
 * @param truth undefined if there was no such call
 * @returns undefined if they agree
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

/** How far a value may be from the truth, in words: `talk_time ±1 s`. */
export const describeTolerance = (): string =>
  Object.entries(ROUNDING_TOLERANCE)
    .filter(([, seconds]) => seconds > 0)
    .map(([metric, seconds]) => `${metric} ±${seconds} s`)
    .join(', ');
