/** Largest and smallest number of a `bigint` column. */
const MAX_ID = 2n ** 63n - 1n;
const MIN_ID = -(2n ** 63n);

/** Digits of an integer in the form of JSON: an optional minus, no leading zero, no minus zero. */
const DIGITS = /^(?:0|-?[1-9][0-9]{0,18})$/;

/**
 * Reads the identifier of a record: an integer, sent as a number or as text. Both forms are the same identifier, and all digits are kept.
 * @returns a number if it can hold the digits, otherwise the digits as text; null if it is not an identifier
 */
export function parseRecordId(value: unknown): number | string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value + 0 : null;
  const digits = typeof value === 'string' ? value : readLongNumber(value);
  if (digits === null || !DIGITS.test(digits)) return null;
  const id = Number(digits);
  if (Number.isSafeInteger(id)) return id;
  const exact = BigInt(digits);
  return exact >= MIN_ID && exact <= MAX_ID ? digits : null;
}

/** The digits of an integer beyond 2^53. The product's JSON parser keeps such an integer as raw JSON, which no JSON text is otherwise parsed into. */
function readLongNumber(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== null) return null;
  const text: unknown = Reflect.get(value, 'rawJSON');
  return typeof text === 'string' ? text : null;
}
