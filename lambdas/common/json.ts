import { elementTexts, onOneLine } from './json-text.ts';

const LONG_DIGITS = /\d{16,}/;

/**
 * Parses JSON without harming integers beyond 2^53: those become raw JSON values, which `JSON.stringify` writes as they came.
 * @throws SyntaxError if the text is not JSON
 */
export function parseJson(text: string): unknown {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    context?.source !== undefined &&
    isInteger(context.source)
      ? rawJson(context.source)
      : value,
  );
}

const isInteger = (source: string) => /^-?\d+$/.test(source);

function rawJson(source: string): unknown {
  // TypeScript's library does not know the standard JSON.rawJSON yet
  const make: unknown = Reflect.get(JSON, 'rawJSON');
  return typeof make === 'function' ? make.call(JSON, source) : source;
}

/** True for a JSON object (not an array, not null). */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What objects of parsed texts were parsed from. */
const SOURCES = new WeakMap<object, string>();

/** Notes the text that an object was parsed from. */
export function rememberSource(value: unknown, text: string): void {
  if (isObject(value)) SOURCES.set(value, onOneLine(text));
}

/** Notes the text of each object of an array, so that it can be kept as its sender wrote it. */
export function rememberSources(rows: readonly unknown[], array: string): void {
  for (const [index, text] of elementTexts(array).entries()) rememberSource(rows[index], text);
}

/**
 * A value as JSON text on one line: an object as its sender wrote it, where that is known; numbers such as `1.10`, repeated keys
 * and escapes are then as they came.
 */
export const sourceOf = (value: unknown): string =>
  (isObject(value) ? SOURCES.get(value) : undefined) ?? JSON.stringify(value);
