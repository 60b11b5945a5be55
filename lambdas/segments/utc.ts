import { timeOf } from './calendar.ts';
import type { Instant } from './timestamps.ts';

const DASH = 45;
const DOT = 46;
const COLON = 58;
const T = 84;
const Z = 90;

/**
 * Reads the two forms the API sends, `2019-09-10T05:12:26Z` and `2019-09-10T05:12:26.295Z`, without regex and formatting; null
 * for every other text.
 */
export function parseUtc(text: string): Instant | null {
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

/** NaN instead of a failure: it survives the arithmetic and fails every comparison of `timeOf`. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

const pair = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);
