import type { Quirks } from './quirks.ts';
import type { ApiRecord } from './render.ts';

/** Other notations of a timestamp in UTC with `Z`, with the same value. */
const NOTATIONS: readonly ((text: string) => string)[] = [
  (text) => text.replace('Z', '+0000'),
  (text) => text.replace('Z', '+00'),
  (text) => text.replace(/(\.\d{3})?Z$/, (_, milliseconds = '.000') => `${milliseconds}000Z`),
  (text) => text.replace(/(\.\d{3})?Z$/, (_, milliseconds = '.000') => `${milliseconds}000000+00:00`),
];

const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;
const ZONE = /(Z|[+-]\d\d:\d\d)$/;

/** A record as a platform with these quirks shows it. @param isTail whether the collection is read by a cursor */
export function alterRecord(quirks: Quirks, record: ApiRecord, isTail: boolean): ApiRecord {
  const id = Number(record.id);
  let altered = record;
  if (quirks.has('odd-timestamps')) altered = writeTimestamps(altered, chooseNotation(quirks, id, isTail));
  if (quirks.has('empty-objects') && quirks.draw('empty-objects', id) < 0.5) altered = addEmptyObjects(altered);
  if (quirks.has('type-drift') && quirks.draw('type-drift', id) < 0.4) altered = writeNumbersAsText(altered);
  return altered;
}

/** The JSON text of a record as a platform with these quirks writes it. */
export function writeRecord(quirks: Quirks, record: ApiRecord): string {
  const id = Number(record.id);
  if (!quirks.has('duplicate-keys') || quirks.draw('duplicate-keys', id) >= 0.3) return JSON.stringify(record);
  const members = Object.entries(record).filter(([, value]) => value !== undefined);
  const repeated = Math.floor(quirks.draw('duplicate-keys', -id) * members.length);
  const write = (key: string, value: unknown) => `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  // the wrong value comes first: the last one counts
  const texts = members.flatMap(([key, value], index) =>
    index === repeated ? [write(key, changeValue(value)), write(key, value)] : [write(key, value)],
  );
  return `{${texts.join(',')}}`;
}

/** Another value of the same kind. */
function changeValue(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return TIMESTAMP.test(value) ? value.replace(/^\d{4}/, '2001') : `${value}1`;
  return value === null ? 'x' : null;
}

function chooseNotation(quirks: Quirks, id: number, isTail: boolean): (text: string) => string {
  if (isTail && quirks.isWithoutZone(id)) return (text) => text.replace(ZONE, '');
  return NOTATIONS[Math.floor(quirks.draw('odd-timestamps', -id) * NOTATIONS.length)] ?? ((text) => text);
}

/** Writes all timestamps of a record, at any depth. */
const writeTimestamps = (record: ApiRecord, write: (text: string) => string): ApiRecord =>
  replaceValues(record, (value) => (typeof value === 'string' && TIMESTAMP.test(value) ? write(value) : value));

const writeNumbersAsText = (record: ApiRecord): ApiRecord =>
  replaceValues(record, (value) => (typeof value === 'number' ? String(value) : value));

/** Adds an empty object to each list of objects of a record. */
function addEmptyObjects(record: ApiRecord): ApiRecord {
  const isList = (value: unknown): value is unknown[] =>
    Array.isArray(value) && value.every((element) => typeof element === 'object');
  const altered = Object.entries(record).map(([key, value]) => [key, isList(value) ? [...value, {}] : value]);
  return Object.fromEntries(altered);
}

/** Replaces the values of an object, at any depth. */
function replaceValues(record: ApiRecord, replace: (value: unknown) => unknown): ApiRecord {
  const within = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(within);
    return typeof value === 'object' && value !== null ? replaceValues({ ...value }, replace) : replace(value);
  };
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, within(value)]));
}
