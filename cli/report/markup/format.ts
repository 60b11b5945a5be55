import type { JsonValue } from '../../../local/warehouse/json-values.ts';

/** Unit of a number. */
export type Unit = 'count' | 'percent' | 'seconds' | 'hours';

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
// a number and its unit stay on one line
const SPACE = '\u00a0';
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Formats a number for readers: `1,204`, `81.3 %`, `24.2 s`, `9 min 58 s`, `12.5 h`. A missing number is a dash. */
export function formatValue(value: JsonValue | undefined, unit: Unit): string {
  if (typeof value !== 'number') return '–';
  switch (unit) {
    case 'count':
      return NUMBER.format(value);
    case 'percent':
      return `${NUMBER.format(value)}${SPACE}%`;
    case 'hours':
      return `${NUMBER.format(value)}${SPACE}h`;
    case 'seconds':
      return duration(value);
  }
}

function duration(seconds: number): string {
  if (seconds < 60) return `${NUMBER.format(seconds)}${SPACE}s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}${SPACE}min${SPACE}${whole % 60}${SPACE}s`;
  return `${WHOLE.format(Math.floor(whole / 3600))}${SPACE}h${SPACE}${Math.floor((whole % 3600) / 60)}${SPACE}min`;
}

const DATE = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const SHORT_DATE = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Formats a day (YYYY-MM-DD) for readers. */
export const formatDay = (day: string): string => DATE.format(Date.parse(day));

/** Formats a day without its year. */
export const formatShortDay = (day: string): string => SHORT_DATE.format(Date.parse(day));

/** Formats a column name as a heading: `service_level_percent` becomes `Service level percent`. */
export const formatHeading = (column: string): string =>
  column.charAt(0).toUpperCase() + column.slice(1).replaceAll('_', ' ');

/** Shortens a name to a number of characters. A path keeps its end, which tells queues apart. */
export function shortenName(name: string, most: number): string {
  if (name.length <= most) return name;
  return name.includes(' > ') ? `…${name.slice(1 - most)}` : `${name.slice(0, most - 1)}…`;
}
