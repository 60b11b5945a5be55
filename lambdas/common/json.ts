import { splitElements, toOneLine } from './json-text.ts';
import { ADDED_KEYS, normaliseKeys, ORIGINAL } from './repeated-keys.ts';

/** Sixteen digits in a row. Written out, V8 tests every sixteenth character. As `\d{16}`, it takes as long as parsing. */
const LONG_DIGITS = /\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d\d/;

/**
 * Parses JSON and keeps integers beyond 2^53 exact: they become raw JSON values, which `JSON.stringify` writes unchanged.
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

/** A record with objects and arrays nested deeper than this is rejected. Records of the API have five levels. */
export const MAX_DEPTH = 200;

/** Number of characters that are kept of a record that is nested too deeply. */
const MAX_KEPT_TEXT = 10_000;

/** Whether objects and arrays are nested in a value deeper than a number of levels. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const values: readonly unknown[] = Object.values(value);
  return values.some((member) => isDeeperThan(member, levels - 1));
}

/** A value with its text: numbers such as `1.10` and escapes are in the text as their sender wrote them. */
export interface ParsedJson {
  readonly value: unknown;
  /** JSON text on one line. It has each key of an object once. */
  readonly json: string;
  /** Why the value cannot be used, independent of its schema. @default - it can be used */
  readonly flaw?: string;
}

/**
 * Parses the elements of an array and keeps their texts. An object that repeats a key, or has a key that ingestion adds, is written
 * with the last value of each key.
 * @param text the text of the array
 */
export const splitArray = (array: readonly unknown[], text: string): ParsedJson[] =>
  splitElements(text).map(({ text: element, members, depth }, index) => {
    const value = array[index];
    const json = toOneLine(element);
    // SQL engines refuse such a text, so it is kept as a string
    if (depth > MAX_DEPTH) return { value, json: JSON.stringify(json.slice(0, MAX_KEPT_TEXT)), flaw: NESTED_TOO_DEEP };
    if (isObject(value) && hasAddedKey(value)) {
      const written = normaliseKeys(json);
      return { value: withoutOriginal(parseJson(written)), json: written };
    }
    return { value, json: members === countMembers(value) ? json : normaliseKeys(json) };
  });

/**
 * Counts the members of all objects in a parsed value. If its text has more, a key is repeated. This runs for every record, so it uses
 * the fastest loop over keys.
 */
export function countMembers(value: unknown): number {
  let members = 0;
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === 'object') members += countMembers(element);
  } else if (isObject(value) && !isRawJson(value)) {
    for (const key in value) {
      members += 1;
      const member = value[key];
      if (typeof member === 'object' && member !== null) members += countMembers(member);
    }
  }
  return members;
}

/** Raw JSON, a number, is the only object that has no prototype. */
const isRawJson = (value: object): boolean => Object.getPrototypeOf(value) === null;

/** True if a record has a key that ingestion adds. */
function hasAddedKey(record: Readonly<Record<string, unknown>>): boolean {
  for (const key in record) if (key.startsWith('_') && ADDED_KEYS.has(key)) return true;
  return false;
}

function withoutOriginal(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { [ORIGINAL]: _original, ...own } = value;
  return own;
}

/** Message about a record with a depth above {@link MAX_DEPTH}. */
export const NESTED_TOO_DEEP = `objects and arrays are nested deeper than ${MAX_DEPTH} levels`;

/** Combines a value that was not parsed from a text with the text that is written for it. */
export const writeJson = (value: unknown): ParsedJson => ({ value, json: JSON.stringify(value) });
