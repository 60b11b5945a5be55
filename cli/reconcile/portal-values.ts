/** A number of a CSV file and half a unit of its last digit. */
export interface Rounded {
  readonly value: number;
  readonly tolerance: number;
}

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?$/;

/**
 * Parses a number: `1,204`, `1.204,5`, `1 204`, `12.5 %`, `12,5%`. A comma before three digits separates thousands.
 * @param hasDecimalComma a comma before three digits separates decimals, and a point thousands
 * @returns null if it is not a number
 */
export function parseNumber(text: string, hasDecimalComma = false): Rounded | null {
  const bare = text.replaceAll(/[\s%\u{a0}\u{202f}']/gu, '');
  const plain = hasDecimalComma ? bare.replaceAll(/\.(?=\d{3}(\D|$))/g, '').replace(',', '.') : toPlainNumber(bare);
  if (!PLAIN_NUMBER.test(plain)) return null;
  const decimals = plain.split('.')[1]?.length ?? 0;
  return { value: Number(plain), tolerance: 0.5 * 10 ** -decimals };
}

function toPlainNumber(text: string): string {
  const [comma, point] = [text.lastIndexOf(','), text.lastIndexOf('.')];
  if (comma < 0) return /^[+-]?\d{1,3}(\.\d{3}){2,}$/.test(text) ? text.replaceAll('.', '') : text;
  if (point > comma) return text.replaceAll(',', '');
  if (point >= 0) return text.replaceAll('.', '').replace(',', '.');
  return /^[+-]?\d{1,3}(,\d{3})+$/.test(text) ? text.replaceAll(',', '') : text.replace(',', '.');
}

const CLOCK = /^(-)?(?:(\d+)\s*d(?:ays?)?,?\s+)?(?:(\d+):)?(\d{1,2}):(\d{2}(?:[.,]\d+)?)$/i;
const UNITS = /^(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s(?:ec)?)?$/i;

/**
 * Parses a length of time: `hh:mm:ss`, `mm:ss`, `1d 02:03:04`, `2m 5s`, or a number of seconds.
 * @returns seconds; null if it is not a length of time
 */
export function parseSeconds(text: string): number | null {
  const trimmed = text.trim();
  const clock = CLOCK.exec(trimmed);
  if (clock !== null) {
    const [, sign, days, hours, minutes, seconds = '0'] = clock;
    const length = addUp(days, hours, minutes, seconds.replace(',', '.'));
    return sign === undefined ? length : -length;
  }
  const units = UNITS.exec(trimmed);
  if (units !== null && /[a-z]/i.test(trimmed)) return addUp(units[1], units[2], units[3], units[4]);
  return parseNumber(trimmed)?.value ?? null;
}

const addUp = (days = '0', hours = '0', minutes = '0', seconds = '0'): number =>
  ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);

const YES = new Set(['yes', 'y', 'true', 't', '1', 'x', 'ja', 'oui', 'si', 'sí']);
const NO = new Set(['no', 'n', 'false', 'f', '0', '', '-', 'nein', 'non', 'n/a']);

/** Parses a yes or no. A number above 1 is a yes. @returns null if it is neither */
export function parseFlag(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (YES.has(word)) return true;
  if (NO.has(word)) return false;
  const number = parseNumber(word)?.value;
  return number === undefined ? null : number > 0;
}

/** Parses an id. @returns its digits; null if it is not a whole number */
export function parseId(text: string): string | null {
  const id = text.trim().replace(/^#/, '');
  return /^-?\d+(\.0+)?$/.test(id) ? id.replace(/\.0+$/, '') : null;
}

/** Reduces a text to its letters and digits in lower case, to compare names that are written differently. */
export const reduceText = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');

const EMPTY = new Set(['', '-', '--', '—', 'n/a', 'na', 'null', 'none']);

/** Whether a field has no value. */
export const isEmpty = (text: string | null): text is null => text === null || EMPTY.has(text.trim().toLowerCase());
