import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isObject } from '../common/json.ts';

/**
 * Converts a JSON value to an attribute value of DynamoDB, like the SDK's `marshall`. It takes a sixth of the time, because it does not
 * support sets, buffers or classes, which no item of ours has.
 * @throws TypeError if the value is not JSON, or a number that DynamoDB would round
 */
export function toAttributeValue(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (value === null) return { NULL: true };
  if (typeof value === 'number') return { N: formatNumber(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(toAttributeValue) };
  if (!isObject(value)) throw new TypeError(`an item has a ${typeof value}, which is not JSON`);
  const map: Record<string, AttributeValue> = {};
  for (const name in value) {
    const member = value[name];
    if (member !== undefined) map[name] = toAttributeValue(member);
  }
  return { M: map };
}

function formatNumber(value: number): string {
  if (Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)) return String(value);
  throw new TypeError(`an item has the number ${value}, which DynamoDB does not keep exactly`);
}
