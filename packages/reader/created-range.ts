import { INVALID_TIMESTAMP, isoTime, parseTimestamp } from '../../catalog/timestamp.ts';
import type { Between } from './read-items.ts';
import { InvalidRangeError } from './reader-errors.ts';

const DAY = 86_400_000;
const FIRST = '0000-01-01T00:00:00.000Z';
const LAST = '9999-12-31T23:59:59.999Z';

/**
 * Range of call starts, as `Date` or as ISO 8601 with a zone.
 *
 * @example
 * ```ts
 * const today: TimeRange = { from: '2026-11-02T00:00:00+01:00', to: '2026-11-03T00:00:00+01:00' };
 * ```
 */
export interface TimeRange {
  /** Start of the range, inclusive. @default - no limit */
  readonly from?: Date | string;
  /** End of the range, exclusive. @default - no limit */
  readonly to?: Date | string;
}

/** @throws InvalidRangeError if a time is invalid, or the range ends before it begins */
export function toBetween({ from, to }: TimeRange): Between {
  const between = {
    from: from === undefined ? FIRST : isoOf('from', from),
    to: to === undefined ? LAST : isoOf('to', to),
  };
  if (between.from > between.to)
    throw new InvalidRangeError(`the range ends (${between.to}) before it begins (${between.from})`);
  return between;
}

/**
 * Lists the days from the first to the last, both included, `YYYY-MM-DD`.
 * @throws InvalidRangeError if a day is invalid, or they are in the wrong order
 */
export function listDays(first: string, last: string): string[] {
  const [from, to] = [startOf(first), startOf(last)];
  if (from > to) throw new InvalidRangeError(`the last day (${last}) is before the first (${first})`);
  return Array.from({ length: (to - from) / DAY + 1 }, (_, index) =>
    new Date(from + index * DAY).toISOString().slice(0, 10),
  );
}

function startOf(day: string): number {
  const time = parseTimestamp(`${day}T00:00:00Z`);
  if (time === null) throw new InvalidRangeError(`"${day}" is not a day. Give YYYY-MM-DD`);
  return time;
}

function isoOf(name: string, time: Date | string): string {
  const instant = typeof time === 'string' ? parseTimestamp(time) : time.getTime();
  if (instant === null || Number.isNaN(instant)) throw new InvalidRangeError(`${name} is ${INVALID_TIMESTAMP}`);
  return isoTime(instant);
}
