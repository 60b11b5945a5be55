/**
 * Timestamps. Validation, cursors, segment metrics and SQL views use the pattern of this file, so they all accept the same texts
 * with the same values.
 */

/**
 * ISO 8601 in the extended format with a time zone, as a regular expression that JavaScript, Trino and DuckDB read alike:
 * `2026-11-02T08:00:00Z`, `2026-11-02T09:00:00.123456+01:00`. The zone is `Z` or an offset of at most 14 hours (`+01:00`, `+0100`,
 * `+01`). Seconds may be missing, and a fraction has up to nine digits, as many as Trino reads. A day that its month does not have, such as
 * `2026-02-30`, fits the pattern and is not a timestamp.
 */
export const TIMESTAMP_PATTERN =
  '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])' +
  'T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?' +
  '(?:Z|[+-](?:0[0-9]|1[0-3])(?::?[0-5][0-9])?|[+-]14(?::?00)?)';

const EXAMPLE = 'such as 2026-11-02T08:00:00Z';

/** Message about a text that is not a timestamp. */
export const INVALID_TIMESTAMP = `not an ISO 8601 timestamp with a time zone, ${EXAMPLE}`;

/** Message about a text that is not the time of an event. */
export const INVALID_EVENT_TIME = `not an ISO 8601 timestamp with a time zone in the years 1990 to 2100, ${EXAMPLE}`;

const MIN_EVENT_TIME = Date.UTC(1990, 0, 1);
const MAX_EVENT_TIME = Date.UTC(2101, 0, 1) - 1;

const TIMESTAMP = new RegExp(`^${TIMESTAMP_PATTERN}$`);

/**
 * Parses a timestamp.
 * @returns milliseconds since the epoch (UTC) without finer digits, or null for anything that is not a timestamp
 */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  return readUtcTime(value) ?? readAnyTime(value);
}

/**
 * Parses the two formats of nearly all timestamps, `2026-11-02T08:00:00Z` and `2026-11-02T08:00:00.123Z`. A run parses about
 * ten timestamps per record, and matching the pattern takes longer.
 * @returns null for any other text
 */
function readUtcTime(text: string): number | null {
  const { length } = text;
  if (length !== 20 && length !== 24) return null;
  if (text.charCodeAt(10) !== UPPER_T || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return null;
  if (text.charCodeAt(length - 1) !== UPPER_Z || (length === 24 && text.charCodeAt(19) !== POINT)) return null;
  const hours = readTwoDigits(text, 11);
  const minutes = readTwoDigits(text, 14);
  const seconds = readTwoDigits(text, 17);
  const milliseconds = length === 24 ? readTwoDigits(text, 20) * 10 + readDigits(text, 22, 23) : 0;
  if (!(hours < 24 && minutes < 60 && seconds < 60 && milliseconds >= 0)) return null;
  const days = readDay(text);
  return days === null ? null : ((days * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000 + milliseconds;
}

const [UPPER_T, UPPER_Z, COLON, POINT, HYPHEN] = [0x54, 0x5a, 0x3a, 0x2e, 0x2d];

/** The last day that was read, which is nearly always that of the next timestamp. */
const lastDay = { text: '', days: 0 };

/** Reads the days since 1970-01-01 from the first ten characters; null if they are not a date. */
function readDay(text: string): number | null {
  if (text.startsWith(lastDay.text) && lastDay.text !== '') return lastDay.days;
  if (text.charCodeAt(4) !== HYPHEN || text.charCodeAt(7) !== HYPHEN) return null;
  const year = readDigits(text, 0, 4);
  const month = readTwoDigits(text, 5);
  const day = readTwoDigits(text, 8);
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return null;
  const days = countDays(year, month, day);
  if (days !== null) {
    lastDay.text = text.slice(0, 10);
    lastDay.days = days;
  }
  return days;
}

/** Reads a number of two digits. NaN if it has anything else. */
function readTwoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function readAnyTime(text: string): number | null {
  if (!TIMESTAMP.test(text)) return null;
  const days = countDays(readDigits(text, 0, 4), readDigits(text, 5, 7), readDigits(text, 8, 10));
  if (days === null) return null;
  const minutes = (days * 24 + readDigits(text, 11, 13)) * 60 + readDigits(text, 14, 16);
  const seconds = text[16] === ':' ? readDigits(text, 17, 19) : 0;
  const time = (minutes * 60 + seconds) * 1000 + readMilliseconds(text);
  return text.endsWith('Z') ? time : time - readOffset(text);
}

/**
 * Parses the time of an event or a cursor. A year before 1990 or after 2100 is an error of the sender. It would move a cursor
 * past all records, or a record to a partition that no query reads.
 * @returns milliseconds since the epoch (UTC), or null for anything else
 */
export function parseEventTime(value: unknown): number | null {
  const time = parseTimestamp(value);
  return time !== null && isEventTime(time) ? time : null;
}

/** True for a time in the years 1990 to 2100. */
export const isEventTime = (milliseconds: number): boolean =>
  milliseconds >= MIN_EVENT_TIME && milliseconds <= MAX_EVENT_TIME;

/**
 * Parses a text that was already checked, or that the product has written.
 * @throws RangeError if it is not a timestamp
 */
export function readTimestamp(text: string): number {
  const time = parseTimestamp(text);
  if (time === null) throw new RangeError(INVALID_TIMESTAMP);
  return time;
}

/** Formats a time as ISO 8601 in UTC with milliseconds, the format that the product writes. */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Formats the UTC date of a time, `YYYY-MM-DD`. */
export function utcDate(milliseconds: number): string {
  const days = Math.floor(milliseconds / 86_400_000);
  if (days !== lastDate.days) {
    lastDate.text = formatDate(new Date(milliseconds));
    lastDate.days = days;
  }
  return lastDate.text;
}

function formatDate(date: Date): string {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  // takes a fifth of the time of toISOString, which writes other years differently
  if (year >= 1000 && year <= 9999) return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
  return date.toISOString().replace(/T.*/, '');
}

/** The last date that was formatted, which is nearly always that of the next time. */
const lastDate = { days: Number.NaN, text: '' };

/** Counts the days from 1970-01-01 to a date. Returns null if its month, 1 to 12, does not have that day. */
function countDays(year: number, month: number, day: number): number | null {
  const days = countAnyDays(year, month, day);
  return day > 28 && month < 12 && days >= countAnyDays(year, month + 1, 1) ? null : days;
}

/** Counts the days to a day that may be after the end of its month. Years start in March, so the leap day is their last. */
function countAnyDays(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const daysBeforeMonth = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  return years * 365 + leapDays + daysBeforeMonth + day - 719_469;
}

/** Reads the number at a position of a text. NaN if it has anything but digits. */
function readDigits(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** Reads the milliseconds of a text with seconds from the first three digits of its fraction, or 0 if it has none. */
function readMilliseconds(text: string): number {
  if (text[19] !== '.' && text[19] !== ',') return 0;
  let milliseconds = 0;
  for (let at = 20, unit = 100; unit >= 1; at++, unit /= 10) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    milliseconds += digit * unit;
  }
  return milliseconds;
}

/** Computes the milliseconds that the zone of a text is ahead of UTC. */
function readOffset(text: string): number {
  const sign = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
  const hasMinutes = text.length > sign + 3;
  const minutes =
    readDigits(text, sign + 1, sign + 3) * 60 + (hasMinutes ? readDigits(text, text.length - 2, text.length) : 0);
  return (text[sign] === '-' ? -minutes : minutes) * 60_000;
}
