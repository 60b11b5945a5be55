import { isoTime, parseTimestamp, utcDate } from '../../catalog/timestamp.ts';

const DAY = 86_400_000;

/** Milliseconds by which an end may precede its start: payloads mix whole seconds and milliseconds. Exclusive. */
export const SKEW_TOLERANCE = 1000;

/** A point in time. */
export interface Instant {
  /** Milliseconds since the epoch (UTC). */
  readonly time: number;
  /** The same as canonical text: ISO 8601 in UTC with milliseconds. */
  readonly text: string;
  /** Set if it contradicts the call that it belongs to: what is computed from it means nothing. */
  readonly isImplausible?: true;
}

/** Reads a timestamp; null if the value is not one. */
export function parseInstant(value: unknown): Instant | null {
  const time = parseTimestamp(value);
  return time === null || typeof value !== 'string' ? null : { time, text: canonicalText(value, time) };
}

/** Creates the point in time of a number of milliseconds since the epoch. */
export const createInstant = (time: number): Instant => ({ time, text: isoTime(time) });

/** Adds a number of hours, which may be negative. */
export function plusHours({ time, text }: Instant, hours: number): Instant {
  const later = time + Math.round(hours * 3_600_000);
  // whole days do not change the time of day
  return { time: later, text: (later - time) % DAY === 0 ? utcDate(later) + text.slice(-14) : isoTime(later) };
}

/** Formatting takes longer than reading, and nearly every text is canonical but for its milliseconds. */
function canonicalText(text: string, time: number): string {
  if (text.length === 24 && text[19] === '.' && text.endsWith('Z')) return text;
  return text.length === 20 ? `${text.slice(0, 19)}.000Z` : isoTime(time);
}

/** Whether a time lies between two others, within the tolerance. A missing bound does not limit anything. A missing time lies only between missing bounds. */
export function isWithin(time: Instant | null, from: Instant | null, to: Instant | null): boolean {
  if (time === null) return from === null && to === null;
  if (from !== null && time.time <= from.time - SKEW_TOLERANCE) return false;
  return to === null || time.time < to.time;
}
