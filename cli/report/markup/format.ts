import type { JsonValue } from '../../../local/warehouse/json-values.ts';

/** How a number is shown. */
export type Unit = 'count' | 'percent' | 'seconds' | 'hours';

const NUMBER = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
// a number and its unit stay on one line
const SPACE = '\u00a0';
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A number for people: `1,204`, `81.3 %`, `24.2 s`, `9 min 58 s`, `12.5 h`; a dash for none. */
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

/** A day (YYYY-MM-DD) for people. */
export const formatDay = (day: string): string => DATE.format(Date.parse(day));

/** The same without its year. */
export const formatShortDay = (day: string): string => SHORT_DATE.format(Date.parse(day));

/** A name for people from one of a column: `service_level_percent` is `Service level percent`. */
export const formatHeading = (column: string): string =>
  column.charAt(0).toUpperCase() + column.slice(1).replaceAll('_', ' ');
