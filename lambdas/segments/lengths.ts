import type { Instant } from './instant.ts';
import { SKEW_TOLERANCE } from './instant.ts';

/** Milliseconds by which a length in whole seconds may differ from its times: each of the three is rounded. */
const ROUNDING = 1_500;

/** Milliseconds from start to end, or null if one is missing or contradicts the session. A skew below a second is no length. */
export function measure(start: Instant | null, end: Instant | null): number | null {
  if (start === null || end === null || start.isImplausible || end.isImplausible) return null;
  const length = end.time - start.time;
  return length <= -SKEW_TOLERANCE ? null : Math.max(0, length);
}

/**
 * Chooses the length of a queue visit: as the API sent it if it agrees with the times, else as the times have it. The platform has
 * sent zero, and twice the length.
 * @param stated milliseconds, null if absent
 * @param timed milliseconds, null if unknown
 */
export function chooseWait(
  stated: number | null,
  timed: number | null,
  field: string,
  anomalies: string[],
): number | null {
  if (stated === null || stated < 0) return timed;
  if (timed === null || Math.abs(stated - timed) <= ROUNDING) return stated;
  anomalies.push(`recomputed:${field}`);
  return timed;
}

/**
 * Chooses the length of an agent's or virtual agent's part. It can be shorter than its times, because the time of a dismissed chat
 * does not count, but neither zero nor longer.
 * @param stated milliseconds, null if absent
 * @param timed milliseconds, null if unknown
 */
export function chooseHandled(
  stated: number | null,
  timed: number | null,
  field: string,
  anomalies: string[],
): number | null {
  if (stated === null) return timed;
  if (timed === null) return stated < 0 ? null : stated;
  if (stated > 0 && stated <= timed + ROUNDING) return stated;
  if (Math.abs(stated - timed) > ROUNDING) anomalies.push(`recomputed:${field}`);
  return timed;
}

export const toSeconds = (milliseconds: number | null): number | null =>
  milliseconds === null ? null : milliseconds / 1000;
