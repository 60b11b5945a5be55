export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The API's duration fields are whole seconds, rounded to the nearest. The only place that rounds. */
export function roundToSeconds(milliseconds: number): number {
  return Math.round(milliseconds / SECOND);
}

/** A value that changes over time; entries are in order of time. */
export type History<T> = { readonly at: number; readonly value: T }[];

/** The value at a time; before the first entry, the first value. */
export function readAsOf<T>(history: History<T>, at: number): T {
  let found: T | undefined;
  for (const entry of history) {
    if (found !== undefined && entry.at > at) break;
    found = entry.value;
  }
  if (found === undefined) throw new RangeError('a history has at least one entry');
  return found;
}

/** The start of the UTC day. */
export function findMidnight(at: number): number {
  return Math.floor(at / DAY) * DAY;
}
