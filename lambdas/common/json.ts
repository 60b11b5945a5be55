import { splitElements, toOneLine } from './json-text.ts';

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

/** A value with its text: numbers such as `1.10`, repeated keys and escapes are in the text as their sender wrote them. */
export interface ParsedJson {
  readonly value: unknown;
  /** JSON text on one line. */
  readonly json: string;
}

/**
 * The elements of an array with the texts that they were parsed from.
 * @param text the text of the array
 */
export const splitArray = (array: readonly unknown[], text: string): ParsedJson[] =>
  splitElements(text).map((json, index) => ({ value: array[index], json: toOneLine(json) }));

/** A value that no text was parsed into, with the text that it is written as. */
export const writeJson = (value: unknown): ParsedJson => ({ value, json: JSON.stringify(value) });
