import type { MetricResult } from '../../catalog/segment-metrics.ts';

/** Version of the rules, raised whenever the same record would give another result. */
export const METRICS_VERSION = 4;

export const NOT_APPLICABLE: MetricResult = Object.freeze({ seconds: null, status: 'not_applicable' });
export const PENDING: MetricResult = Object.freeze({ seconds: null, status: 'pending' });
export const MISSING_INPUT: MetricResult = Object.freeze({ seconds: null, status: 'missing_input' });
export const INCONSISTENT: MetricResult = Object.freeze({ seconds: null, status: 'inconsistent' });

/**
 * A metric with a value.
 *
 * @param milliseconds - an integer. Whole milliseconds are added and subtracted, and divided once at the end, so that no
 * value has a rounding error
 */
export const createMeasured = (milliseconds: number, status: 'ok' | 'approximate' = 'ok'): MetricResult => ({
  seconds: milliseconds / 1000,
  status,
});
