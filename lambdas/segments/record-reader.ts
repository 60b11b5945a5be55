import { parseRecordId } from '../../catalog/record-id.ts';
import { type Instant, parseInstant } from './instant.ts';

/** A JSON object of unknown structure. */
export type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NOTHING: JsonObject = Object.freeze({});

/** The object, or an empty one: the fields of any other value count as missing. */
export const readObject = (value: unknown): JsonObject => (isObject(value) ? value : NOTHING);

/** The objects of an array. A missing, null or empty value, or one that is not an array, gives none. */
export function readObjects(value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.every(isObject) ? value : value.filter(isObject);
}

/** Maximum number of facts of one kind in a session. Real sessions have fewer than a hundred; the raw record has all of them. */
export const MAX_FACTS = 1_000;

/** The first objects of an array, as many as facts are made of. More of them add the anomaly `truncated:<field>`. */
export function readSome(record: JsonObject, field: string, anomalies: string[]): readonly JsonObject[] {
  const objects = readObjects(record[field]);
  if (objects.length <= MAX_FACTS) return objects;
  anomalies.push(`truncated:${field}`);
  return objects.slice(0, MAX_FACTS);
}

/** A text; an empty one counts as missing. */
export const readText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** An integer id, also if it drifted to text: `7` and `"7"` are the same agent. */
export function readId(value: unknown): number | null {
  const id = parseRecordId(value);
  return typeof id === 'number' ? id : null;
}

/** A length of time, given in seconds as number or numeric text, in whole milliseconds. */
export function readDuration(value: unknown): number | null {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds !== 'number') return null;
  // Rounding can give minus zero; adding zero removes the minus.
  const milliseconds = Math.round(seconds * 1000) + 0;
  return Number.isSafeInteger(milliseconds) ? milliseconds : null;
}

/**
 * A timestamp. One that cannot be read counts as missing and adds the anomaly `bad_timestamp:<field>`.
 *
 * @param field - where it stands in the record, as `connected_at` or `participants[].connected_at`
 */
export function readInstant(value: unknown, field: string, anomalies: string[]): Instant | null {
  if (value === undefined || value === null) return null;
  const instant = parseInstant(value);
  if (instant === null) anomalies.push(`bad_timestamp:${field}`);
  return instant;
}
