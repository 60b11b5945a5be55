import { parseRecordId } from '../../../catalog/record-id.ts';

/**
 * Computes the shortest text that identifies a record within its endpoint.
 * @returns the id as a base-36 number, or its digits if it is too long; undefined if it is not an identifier
 */
export function toRecordKey(value: unknown): string | undefined {
  const id = parseRecordId(value);
  if (id === null) return undefined;
  return typeof id === 'number' ? id.toString(36) : `#${id}`;
}
