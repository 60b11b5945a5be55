import { DAY, dateOfDay, dayNumber, daysIn } from './calendar.ts';

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

const DASH = 45;
const DOT = 46;
const COLON = 58;
const T = 84;
const Z = 90;

/** The two forms the API sends, `2019-09-10T05:12:26Z` and `2019-09-10T05:12:26.295Z`: no regex, no formatting. */
function parseUtc(text: string): Instant | null {
  const { length } = text;
  if (length !== 24 && length !== 20) return null;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(10) !== T) return null;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON || text.charCodeAt(length - 1) !== Z) return null;
  if (length === 24 && text.charCodeAt(19) !== DOT) return null;
  const time = timeOf(
    pair(text, 0) * 100 + pair(text, 2),
    pair(text, 5),
    pair(text, 8),
    pair(text, 11),
    pair(text, 14),
    pair(text, 17),
    length === 24 ? pair(text, 20) * 10 + digit(text, 22) : 0,
  );
  if (Number.isNaN(time)) return null;
  return { time, text: length === 24 ? text : `${text.slice(0, 19)}.000Z` };
}

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

/** NaN instead of a failure: it survives the arithmetic and fails every comparison of `timeOf`. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

const pair = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** Milliseconds since the epoch; NaN if there is no such day or time. */
function timeOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
): number {
  const inCalendar = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!inCalendar || !(hour <= 23) || !(minute <= 59) || !(second <= 59)) return Number.NaN;
  return dayNumber(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}

/** The instant so many hours later (or earlier). */
export function plusHours({ time, text }: Instant, hours: number): Instant {
  const later = time + Math.round(hours * 3_600_000);
  const date = (later - time) % DAY === 0 ? dateText(Math.floor(later / DAY)) : null;
  // Whole days leave the time of day as it is; formatting it would take a tenth of the time that a call takes.
  return { time: later, text: date === null ? new Date(later).toISOString() : date + text.slice(-14) };
}

/** `YYYY-MM-DD` of a day since 1970-01-01; null outside the years of four digits. */
function dateText(dayNumber: number): string | null {
  const { year, month, day } = dateOfDay(dayNumber);
  if (!(year >= 1000 && year <= 9999)) return null;
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}
