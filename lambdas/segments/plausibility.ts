import { isEventTime } from '../../catalog/timestamp.ts';
import { type Instant, SKEW_TOLERANCE } from './instant.ts';

/** The bounds between which everything in a call happened, milliseconds, including the tolerance. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

const UNBOUNDED: Bounds = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };

/** The bounds of a call. A missing or implausible start or end is not a bound. */
export function boundCall(created: Instant | null, ended: Instant | null): Bounds {
  return {
    from: created === null || created.isImplausible ? UNBOUNDED.from : created.time - SKEW_TOLERANCE,
    to: ended === null || ended.isImplausible ? UNBOUNDED.to : ended.time + SKEW_TOLERANCE,
  };
}

/**
 * Marks a time that lies outside its call or the years 1990 to 2100, and adds the anomaly `implausible:<field>`.
 * @param bounds - of its call. Absent for a start, which can only be checked by its year
 */
export function judge<T extends Instant | null>(instant: T, field: string, anomalies: string[], bounds = UNBOUNDED): T {
  if (instant === null) return instant;
  const { time } = instant;
  if (isEventTime(time) && time >= bounds.from && time <= bounds.to) return instant;
  anomalies.push(`implausible:${field}`);
  return { ...instant, isImplausible: true };
}
