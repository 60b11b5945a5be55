import type { MetricResult } from '../../catalog/segment-metrics.ts';
import type { CallInputs } from './inputs.ts';
import { createMeasured, INCONSISTENT, MISSING_INPUT, NOT_APPLICABLE, PENDING } from './metric-results.ts';

/**
 * duration - hold: `talk_time`. Without a hold, it is the duration, `approximate`.
 *
 * A negative hold (anomaly `negative:hold_time`) makes talk time `inconsistent` too, because subtracting it would make
 * people talk longer than they were connected. A negative duration is `negative:talk_time`, with or without a hold.
 */
export function measureTalkTime({ connected, over, duration, hold }: CallInputs, anomalies: string[]): MetricResult {
  // The duration of an open call is 0: not a measurement.
  if (!over) return PENDING;
  if (connected === null) return NOT_APPLICABLE;
  if (duration === null) return MISSING_INPUT;
  const held = hold ?? 0;
  if (held < 0) return INCONSISTENT;
  const talk = duration - held;
  if (talk < 0) {
    anomalies.push('negative:talk_time');
    return INCONSISTENT;
  }
  return createMeasured(talk, hold === null ? 'approximate' : 'ok');
}

/** hold: `hold_time`. */
export function measureHoldTime({ connected, over, hold }: CallInputs, anomalies: string[]): MetricResult {
  if (!over) return PENDING;
  if (connected === null) return NOT_APPLICABLE;
  if (hold === null) return MISSING_INPUT;
  if (hold < 0) {
    anomalies.push('negative:hold_time');
    return INCONSISTENT;
  }
  return createMeasured(hold);
}
