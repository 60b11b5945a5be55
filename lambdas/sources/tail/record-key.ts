import { isObject } from '../../common/json.ts';

/**
 * What tells a record apart from others of its endpoint, the same for `7` and `"7"`, with all digits of a large one.
 * @returns digits to the base of 36 if that is exact, else the digits themselves; undefined if the id is neither number nor digits
 */
export function toRecordKey(id: unknown): string | undefined {
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id.toString(36);
  const digits = typeof id === 'string' ? id : isObject(id) && typeof id.rawJSON === 'string' ? id.rawJSON : '';
  if (!/^\d{1,40}$/.test(digits)) return undefined;
  return Number.isSafeInteger(Number(digits)) ? Number(digits).toString(36) : `#${digits}`;
}
