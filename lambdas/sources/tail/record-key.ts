import { parseRecordId } from '../../../catalog/record-id.ts';

/**
 * What tells a record apart from others of its endpoint, as short as it can be.
 * @returns a number to the base of 36, the digits of one that is too long for it; undefined if the id is no identifier
 */
export function toRecordKey(value: unknown): string | undefined {
  const id = parseRecordId(value);
  if (id === null) return undefined;
  return typeof id === 'number' ? id.toString(36) : `#${id}`;
}
