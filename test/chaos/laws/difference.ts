/** What two JSON objects differ in, as `key: a | b`. */
export function difference(a: string, b: string): string {
  const [left, right] = [a, b].map((text): Record<string, unknown> => JSON.parse(text));
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  const parts: string[] = [];
  for (const key of keys) {
    const [x, y] = [JSON.stringify(left?.[key]), JSON.stringify(right?.[key])];
    if (x !== y) parts.push(`${key}: ${x} | ${y}`);
  }
  return parts.join(', ');
}
