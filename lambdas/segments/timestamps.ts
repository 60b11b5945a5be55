import { DAY, dateText, timeOf } from './calendar.ts';
import { parseUtc } from './utc.ts';

/** A point in time. */
export interface Instant {
  /** Milliseconds since the epoch (UTC). */
  readonly time: number;
  /** The same as canonical text: ISO 8601 in UTC with milliseconds. */
  readonly text: string;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:Z|(?:([+-])(\d\d)(?::?([0-5]\d))?))?$/;

/**
 * Reads an ISO 8601 date and time in the extended format; null if the text is not one.
 *
 * An offset is converted to UTC; a text without one is UTC, as all times of the API are, whatever the zone of the
 * machine. Digits after the milliseconds are cut off. A date that is not in the calendar is not a timestamp.
 */
export const parseInstant = (text: string): Instant | null => parseUtc(text) ?? parseIso(text);

function parseIso(text: string): Instant | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = 0, fraction = '', sign, offsetHours = 0, offsetMinutes = 0] = match;
  const local = timeOf(
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  if (Number.isNaN(local) || offset >= DAY) return null;
  const time = sign === '-' ? local + offset : local - offset;
  return { time, text: new Date(time).toISOString() };
}

/** The instant so many hours later (or earlier). */
export function plusHours({ time, text }: Instant, hours: number): Instant {
  const later = time + Math.round(hours * 3_600_000);
  const date = (later - time) % DAY === 0 ? dateText(Math.floor(later / DAY)) : null;
  // Whole days leave the time of day as it is; formatting it would take a tenth of the time that a call takes.
  return { time: later, text: date === null ? new Date(later).toISOString() : date + text.slice(-14) };
}
