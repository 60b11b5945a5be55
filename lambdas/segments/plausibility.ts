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

interface DurationInputs {
  /** Milliseconds. */
  readonly duration: number | null;
  readonly connected: Instant | null;
  readonly ended: Instant | null;
  readonly over: boolean;
}

/** Milliseconds by which a duration in whole seconds may exceed its times: each of the three is rounded. */
const MAX_EXCESS = 1_500;

/**
 * Compares the duration of a call with its connection and end. A longer one contradicts them: anomaly `implausible:duration`. One that
 * starts with the last of several agents leaves out the others, as the platform has done since 2025: anomaly `last_leg_only:duration`.
 * @param connections times at which agents connected, in order
 */
export function judgeDuration(
  { duration, connected, ended, over }: DurationInputs,
  connections: readonly Instant[],
  anomalies: string[],
): void {
  if (!over || duration === null || connected === null || ended === null) return;
  if (connected.isImplausible || ended.isImplausible) return;
  const length = ended.time - connected.time;
  if (length >= 0 && duration > length + MAX_EXCESS) anomalies.push('implausible:duration');
  const last = connections.at(-1);
  if (last === undefined || connections.length < 2 || duration >= length - MAX_EXCESS || duration === 0) return;
  if (Math.abs(ended.time - last.time - duration) <= MAX_EXCESS) anomalies.push('last_leg_only:duration');
}
