/** A time on the clock of the report's zone, as milliseconds of a UTC time with the same digits. */
export interface ClockTime {
  readonly clock: number;
  /** Whether the text has seconds. */
  readonly hasSeconds: boolean;
}

/** Order of day and month in dates with slashes or points. */
export type DayOrder = 'day first' | 'month first';

const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(.+))?$/;
const SLASHES = /^(\d{1,2})([/.])(\d{1,2})\2(\d{4})(?:,?\s+(.+))?$/;
const MONTH = /^([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})(?:,?\s+(.+))?$/;
const CLOCK =
  /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp])?\.?[Mm]?\.?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[A-Z]{2,5})?$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Finds the order of day and month in a column: with points, or if a first number is above 12, the day is first. */
export function findDayOrder(texts: readonly (string | null)[]): DayOrder {
  const isDayFirst = texts.some((text) => {
    const [, first = '0', separator] = SLASHES.exec(text?.trim() ?? '') ?? [];
    return separator === '.' || Number(first) > 12;
  });
  return isDayFirst ? 'day first' : 'month first';
}

/**
 * Parses a day or time as the portal writes it. A time with an offset or `Z` is converted to the zone.
 * @returns null if it is neither
 */
export function parseClockTime(text: string, zone: string, order: DayOrder = 'month first'): ClockTime | null {
  const date = parseDate(text.trim(), order);
  if (date === null) return null;
  const { midnight, rest } = date;
  if (rest === undefined) return { clock: midnight, hasSeconds: false };
  const [all, hours = '0', minutes = '0', seconds, half, place] = CLOCK.exec(rest) ?? [];
  if (all === undefined) return null;
  const hour = (Number(hours) % (half === undefined ? 24 : 12)) + (half?.toLowerCase() === 'p' ? 12 : 0);
  const written = midnight + ((hour * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)) * 1000;
  const offset = parseOffset(place);
  const clock = offset === null ? written : toClock(written - offset, zone);
  return { clock, hasSeconds: seconds !== undefined };
}

function parseDate(text: string, order: DayOrder) {
  const iso = ISO.exec(text);
  if (iso !== null) return joinDate(iso[1], Number(iso[2]), iso[3], iso[4]);
  const slashes = SLASHES.exec(text);
  if (slashes !== null) {
    const [, first, , second, year, rest] = slashes;
    return order === 'day first'
      ? joinDate(year, Number(second), first, rest)
      : joinDate(year, Number(first), second, rest);
  }
  const named = MONTH.exec(text);
  if (named === null) return null;
  const [, month = '', day, year, rest] = named;
  return joinDate(year, MONTHS.indexOf(month.toLowerCase()) + 1, day, rest);
}

function joinDate(year: string | undefined, month: number, day: string | undefined, rest: string | undefined) {
  const midnight = Date.UTC(Number(year), month - 1, Number(day));
  if (month < 1 || month > 12 || new Date(midnight).getUTCDate() !== Number(day)) return null;
  return { midnight, rest: rest?.trim() };
}

/** Offset from UTC in milliseconds; null if the text has none. The name of a zone is the zone of the report. */
function parseOffset(place: string | undefined): number | null {
  if (place === undefined) return null;
  if (['Z', 'UTC', 'GMT'].includes(place)) return 0;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(place) ?? [];
  if (sign === undefined) return null;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Converts an instant to the digits of a zone's clock. */
export function toClock(instant: number, zone: string): number {
  const parts = new Map(
    new Intl.DateTimeFormat('en', { ...PARTS, timeZone: zone })
      .formatToParts(instant)
      .map((part) => [part.type, part.value]),
  );
  const read = (part: Intl.DateTimeFormatPartTypes) => Number(parts.get(part) ?? 0);
  return Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
}

const PARTS: Intl.DateTimeFormatOptions = {
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
};

/** The day of a clock time, YYYY-MM-DD. */
export const toDay = (clock: number): string => new Date(clock).toISOString().slice(0, 10);
