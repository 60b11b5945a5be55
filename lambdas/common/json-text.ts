/**
 * Finds values in a JSON text. Parsing it and writing it again would change what the sender wrote: `1.10`, `1e400`, a repeated
 * key, `\u00e9`. All functions expect texts that `JSON.parse` has accepted.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;

/** What an element of an array looks like. */
export interface ElementText {
  readonly text: string;
  /** Number of members of all objects in it. Repeated keys count each time. */
  readonly members: number;
  /** How deep objects and arrays are nested in it: 1 for `{}`, 2 for `{"a":[]}`, 0 for a scalar. */
  readonly depth: number;
}

/** The texts of an array's elements. */
export function splitElements(array: string): ElementText[] {
  const elements: ElementText[] = [];
  let at = skipSpace(array, skipSpace(array, 0) + 1);
  while (array.charCodeAt(at) !== CLOSE_BRACKET) {
    const { end, members, depth } = scanValue(array, at);
    elements.push({ text: array.slice(at, end), members, depth });
    at = skipSpace(array, end);
    if (array.charCodeAt(at) === COMMA) at = skipSpace(array, at + 1);
  }
  return elements;
}

/** The text of an object's member. If a key is repeated, it is the last one, as with `JSON.parse`. */
export function readMember(object: string, key: string): string | undefined {
  let found: string | undefined;
  let at = skipSpace(object, skipSpace(object, 0) + 1);
  while (object.charCodeAt(at) !== CLOSE_BRACE) {
    const keyEnd = endOfString(object, at);
    const isIt = isKey(object.slice(at, keyEnd), key);
    const start = skipSpace(object, skipSpace(object, keyEnd) + 1);
    const end = endOfValue(object, start);
    if (isIt) found = object.slice(start, end);
    at = skipSpace(object, end);
    if (object.charCodeAt(at) === COMMA) at = skipSpace(object, at + 1);
  }
  return found;
}

/** Appends members to an object's text. */
export const withMembers = (object: string, added: Readonly<Record<string, unknown>>): string =>
  appendMembers(object, formatMembers(added));

/** The text of an object's members, without braces. */
export const formatMembers = (object: Readonly<Record<string, unknown>>): string => JSON.stringify(object).slice(1, -1);

/** Appends the text of one or more members to an object's text. */
export const appendMembers = (object: string, members: string): string =>
  /^\{\s*\}$/.test(object) ? `{${members}}` : `${object.slice(0, -1)},${members}}`;

/** Writes the text on one line: a line break in JSON text is never part of a value. */
export const toOneLine = (text: string): string => (/[\n\r]/.test(text) ? text.replaceAll(/[\n\r]+\s*/g, ' ') : text);

const isKey = (quoted: string, key: string): boolean =>
  quoted.includes('\\') ? JSON.parse(quoted) === key : quoted.length === key.length + 2 && quoted.startsWith(key, 1);

/** Space, tab, line feed and carriage return are the only characters up to a space. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return at;
}

/** @param from where the value's first character is */
export function endOfValue(text: string, from: number): number {
  return scanValue(text, from).end;
}

interface ScannedValue {
  readonly end: number;
  readonly members: number;
  readonly depth: number;
}

function scanValue(text: string, from: number): ScannedValue {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return { end: endOfString(text, from), members: 0, depth: 0 };
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return scanContainer(text, from);
  let at = from;
  for (let code = first; code > SPACE && !isEnd(code); code = text.charCodeAt(at)) at += 1;
  return { end: at, members: 0, depth: 0 };
}

const isEnd = (code: number) => code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE;

function scanContainer(text: string, from: number): ScannedValue {
  let open = 0;
  let depth = 0;
  // outside strings, each member has one colon
  let members = 0;
  for (let at = from; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at += 1;
    if (code === COLON) members += 1;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      open += 1;
      if (open > depth) depth = open;
    } else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --open === 0) return { end: at, members, depth };
  }
  return { end: text.length, members, depth };
}

/** @param from where the opening quote is */
export function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at + 1;
  }
  return text.length;
}
