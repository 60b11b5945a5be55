/** Largest and smallest number of a `bigint` column. */
const MAX_ID = 2n ** 63n - 1n;
const MIN_ID = -(2n ** 63n);

/** Digits as `JSON` writes an integer: no sign but a minus, no zero in front, no minus zero. */
const DIGITS = /^(?:0|-?[1-9][0-9]{0,18})$/;

/**
 * Reads the identifier of a record: an integer, or one that was sent as text. Both are the same identifier, and it keeps all its digits.
 * @returns a number if it can hold the digits, else the digits; null if it is no identifier
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

/** The digits of an integer beyond 2^53, which the product's reader of JSON keeps as raw JSON: an object that no text is parsed into. */
function readLongNumber(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== null) return null;
  const text: unknown = Reflect.get(value, 'rawJSON');
  return typeof text === 'string' ? text : null;
}
