/** A value of a DynamoDB document. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export type Item = Record<string, Value>;

/**
 * A copy as DynamoDB would give it back: without undefined.
 * @throws Error for what the document client would not write
 */
export function toValue(value: unknown): Value {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.filter((element) => element !== undefined).map(toValue);
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return toItem(value);
  throw new Error(`DynamoDB cannot store ${typeof value} ${String(value)}`);
}

export function toItem(object: object): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(object)) if (value !== undefined) item[name] = toValue(value);
  return item;
}

export function isEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((element, i) => isEqual(element, b[i] ?? null))
    );
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => a[name] !== undefined && b[name] !== undefined && isEqual(a[name], b[name]))
  );
}

/** Negative, zero, positive; undefined if DynamoDB does not order the two: other types, or types without an order. */
export function compare(a: Value, b: Value): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return undefined;
}

/** Bytes DynamoDB counts for an item: names and values; source: "DynamoDB item sizes and formats". */
export function sizeOf(item: Item): number {
  let size = 0;
  for (const name in item) size += Buffer.byteLength(name) + valueSize(item[name] ?? null);
  return size;
}

function valueSize(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return 1 + Math.ceil(String(Math.abs(value)).replace(/\D/g, '').length / 2);
  if (value === null || typeof value === 'boolean') return 1;
  if (Array.isArray(value)) return value.reduce<number>((size, element) => size + 1 + valueSize(element), 3);
  return 3 + Object.keys(value).length + sizeOf(value);
}
