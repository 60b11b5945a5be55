import { parseTimestamp } from '../../catalog/timestamp.ts';

/** Longest pause between two attempts in milliseconds. */
const MAX_PAUSE = 20_000;

/** Full jitter: a random pause up to an exponentially growing bound, in milliseconds. */
export function computeJitter(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_PAUSE, 500 * 2 ** attempt);
}

/**
 * Computes the wait before the next attempt, milliseconds: what the platform asks for, but never less than the back-off.
 * @param waitFor what the platform asks for, milliseconds; null if it does not
 */
export function computeWait(attempt: number, waitFor: number | null, random: () => number): number {
  return Math.max(waitFor ?? 0, computeJitter(attempt, random));
}

/** Longest wait that is accepted from the platform, milliseconds: a year. */
const MAX_WAIT = 365 * 86_400_000;

/** The HTTP date formats that name a time zone, e.g. `Mon, 02 Mar 2026 12:00:10 GMT`. */
const HTTP_DATE = /^[A-Z][a-z]+, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT$/;

/**
 * `Retry-After` in milliseconds, from seconds or a date, HTTP's or ISO 8601 with a zone; null if absent or malformed.
 * @param now the clock of the platform, which wrote the date
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(MAX_WAIT, Number(text) * 1000);
  const date = HTTP_DATE.test(text) ? Date.parse(text) : parseTimestamp(text);
  return date === null || Number.isNaN(date) ? null : Math.min(MAX_WAIT, Math.max(0, date - now));
}
