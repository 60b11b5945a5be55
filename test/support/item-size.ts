/**
 * Bytes of an item as DynamoDB counts them: names and texts in UTF-8, a number a byte per two significant digits and one
 * more, a map or list three bytes and one more for each element.
 */
export function itemSize(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item)
    .filter(([, value]) => value !== undefined)
    .reduce((bytes, [name, value]) => bytes + Buffer.byteLength(name) + valueSize(value), 0);
}

function valueSize(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberSize(value);
  if (Array.isArray(value)) return value.reduce((bytes: number, element) => bytes + 1 + valueSize(element), 3);
  if (typeof value !== 'object' || value === null) return 1;
  return 3 + itemSize({ ...value }) + Object.keys(value).length;
}

function numberSize(value: number): number {
  const digits = Math.abs(value).toExponential().replace(/e.*$/, '').replace('.', '').replace(/0+$/, '');
  return 1 + Math.ceil(digits.length / 2) + (value < 0 ? 1 : 0);
}
