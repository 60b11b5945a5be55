import { endOfString, endOfValue, readMember, skipSpace } from './json-text.ts';

// If an object repeats a key, `JSON.parse` reads the last value, but DuckDB and Trino read the first. Such a record is therefore written
// with only the last value, so that raw lines, views and metrics agree.

/** Key under which a record keeps the text that the API wrote. */
export const ORIGINAL = '_original';
const START = `{"${ORIGINAL}":`;

/** Keys that ingestion adds to records. If a record already has one of them, it would have that key twice. */
export const ADDED_KEYS: ReadonlySet<string> = new Set([
  ORIGINAL,
  '_extracted_at',
  '_batch',
  '_none',
  '_moved_to',
  '_path',
  '_level',
  '_parent_type',
  '_parent_id',
  '_parent_updated_at',
  '_parent_path',
]);

/** A text with more characters is not kept. */
export const MAX_ORIGINAL_LENGTH = 1_000_000;

/** Maximum number of named paths, and of characters in each. */
const MAX_PATHS = 20;
const MAX_PATH_LENGTH = 200;

/** A text in which no object repeats a key. */
interface UniqueKeys {
  readonly json: string;
  /** Where keys were repeated, e.g. `participants[].type`, each once. */
  readonly paths: readonly string[];
}

/**
 * Creates the record with the last value of each repeated key and without keys that ingestion adds. The text that the API wrote is
 * under {@link ORIGINAL}.
 */
export function normaliseKeys(record: string): string {
  const { json, paths } = dropRepeats(record);
  if (paths.length === 0) return record;
  return json.startsWith('{') ? withOriginal(json, record.length <= MAX_ORIGINAL_LENGTH ? record : null) : json;
}

/** The text of a record whose first member is the text that the API wrote. As the first member, it is found quickly. */
export const withOriginal = (json: string, original: string | null): string =>
  `${START}${JSON.stringify(original)}${json === '{}' ? '}' : `,${json.slice(1)}`}`;

/** What the API wrote if it is not what is written of a record: null if it is too long to be kept, undefined if it is the same. */
export function readOriginal(json: string): string | null | undefined {
  if (!json.startsWith(START)) return undefined;
  const original: unknown = JSON.parse(readMember(json, ORIGINAL) ?? 'null');
  return typeof original === 'string' ? original : null;
}

/** The paths of the keys that {@link normaliseKeys} dropped, each once. @param json the record as it is written */
export function findDroppedKeys(json: string): readonly string[] {
  const original = readOriginal(json);
  if (original === undefined) return [];
  // a text that is too long is not kept, so the path is not known
  return original === null ? [''] : dropRepeats(original).paths;
}

/** Drops all but the last value of each repeated key, in nested objects too. Other members stay unchanged. */
function dropRepeats(text: string): UniqueKeys {
  const paths = new Set<string>();
  const note = (path: string) => {
    if (paths.size < MAX_PATHS) paths.add(path.slice(0, MAX_PATH_LENGTH));
  };
  const json = rewrite(text, '', note);
  return { json, paths: [...paths].sort() };
}

function rewrite(text: string, path: string, note: (path: string) => void): string {
  if (text.startsWith('{')) return rewriteObject(text, path, note);
  if (text.startsWith('[')) return rewriteArray(text, path, note);
  return text;
}

function rewriteObject(text: string, path: string, note: (path: string) => void): string {
  const members = new Map<string, string>();
  for (let at = skipSpace(text, 1); text[at] !== '}'; ) {
    const keyEnd = endOfString(text, at);
    const quoted = text.slice(at, keyEnd);
    const key: string = JSON.parse(quoted);
    const here = path === '' ? key : `${path}.${key}`;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    const isAdded = path === '' && ADDED_KEYS.has(key);
    if (isAdded || members.has(key)) note(here);
    if (!isAdded) members.set(key, `${quoted}:${rewrite(text.slice(start, end), here, note)}`);
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return `{${[...members.values()].join(',')}}`;
}

function rewriteArray(text: string, path: string, note: (path: string) => void): string {
  const elements: string[] = [];
  for (let at = skipSpace(text, 1); text[at] !== ']'; ) {
    const end = endOfValue(text, at);
    elements.push(rewrite(text.slice(at, end), `${path}[]`, note));
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return `[${elements.join(',')}]`;
}
