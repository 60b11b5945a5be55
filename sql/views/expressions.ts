import type { Column, SqlType } from '../../catalog/index.ts';
import { TIMESTAMP_PATTERN } from '../../catalog/timestamp.ts';

/**
 * Expressions with equal results on Athena and DuckDB that never fail a query. A value of another type becomes NULL.
 *
 * A text is checked by a pattern before it is cast, because casts differ. DuckDB casts `1.7` to the bigint 2. Athena casts `1d`
 * and `NaN` to a double. An offset such as `+18:30` fails Athena's query even inside `try`.
 */
const INTEGER = String.raw`'^(-?\d+)(\.0+)?$'`;
const NUMBER = String.raw`'^-?\d+(\.\d+)?([eE][+-]?\d+)?$'`;
/** In Trino, `$` also matches before a line break. Groups without `?:` are shorter, and nothing reads them. */
const TIMESTAMP = String.raw`'^${TIMESTAMP_PATTERN.replaceAll('(?:', '(')}\z'`;

/** Casts the text of a JSON value to a type. `json` needs the value instead of its text. */
const CASTS: Readonly<Record<Exclude<SqlType, 'json'>, (text: string) => string>> = {
  bigint: (text) => `try_cast(regexp_extract(${text}, ${INTEGER}, 1) AS bigint)`,
  double: (text) => `try_cast(regexp_extract(${text}, ${NUMBER}) AS double)`,
  boolean: (text) => `CASE ${text} WHEN 'true' THEN true WHEN 'false' THEN false END`,
  varchar: (text) => text,
  timestamp: (text) =>
    `CAST(try(from_iso8601_timestamp(regexp_extract(${text}, ${TIMESTAMP}))) AT TIME ZONE 'UTC' AS timestamp(3))`,
};

/** Selects the text of the scalar at a path. NULL for an object, an array and JSON null. */
export const selectScalar = (json: string, path: string): string => `json_extract_scalar(${json}, '${path}')`;

/** Text that tells records apart by the value at a path: `7`, `"7"` and `7.0` are one identifier. */
export const selectKey = (json: string, path: string): string =>
  `coalesce(CAST(${selectValue('bigint', json, path)} AS varchar), ${selectScalar(json, path)})`;

/** The value at a path as JSON text; NULL for JSON null. */
export const selectJson = (json: string, path: string): string =>
  `nullif(json_format(json_extract(${json}, '${path}')), 'null')`;

/** Selects the value at a path as a type. */
export function selectValue(type: SqlType, json: string, path: string): string {
  return type === 'json' ? selectJson(json, path) : CASTS[type](selectScalar(json, path));
}

/** Casts a text to a type. */
export const castColumn = (type: Exclude<SqlType, 'json'>, text: string): string => CASTS[type](text);

/** Selects the value of a column from the first path with a value of the right type. */
export function selectColumn({ type, paths }: Column, json: string): string {
  const values = paths.map((path) => selectValue(type, json, path));
  return values.length === 1 ? values.join() : `coalesce(\n    ${values.join(',\n    ')}\n  )`;
}

/** Keys that ingestion appends to every line. */
const APPENDED_KEYS = String.raw`',"_extracted_at":"[^"]*","_batch":"[^"]*"\}$'`;

/** Content of a line without the time of reading. */
export const CONTENT = `regexp_replace(line, ${APPENDED_KEYS}, '')`;

/** Time and batch with which a line was written. */
export const EXTRACTED_AT = selectValue('timestamp', 'line', '$._extracted_at');
export const BATCH = selectScalar('line', '$._batch');

/**
 * What orders the versions of a record, the most important first: the time of the change, the batch, the reading, the day. A change
 * counts as of its reading if its time lies after that: a time in the future would hide every later state.
 * @param changedAt column with the time of the change
 */
export const listVersionOrder = (changedAt: string): string[] => [
  `CASE WHEN ${changedAt} > extracted_at THEN extracted_at ELSE ${changedAt} END`,
  'batch',
  'extracted_at',
  'version_day',
];

/**
 * Batch that committed the snapshot of a line. A record that was requeued belongs to the snapshot in which it was read, whose other
 * lines have an earlier batch.
 */
export const SNAPSHOT_BATCH = `min(${BATCH}) OVER (PARTITION BY tenant, ${selectScalar('line', '$._extracted_at')})`;

/** What orders snapshots, the most important first: the batch that committed them, then the reading. */
export const SNAPSHOT_ORDER: readonly string[] = ['snapshot_batch', 'extracted_at'];

/** Order of a window; what has no value is older than what has one. */
export const newestFirst = (order: readonly string[]): string[] => order.map((text) => `${text} DESC NULLS LAST`);

/** True for a line that stands for a record, false for one that says that there is none. */
export const IS_RECORD = `${selectScalar('line', '$._none')} IS NULL`;

/** The partition in which the version is that a line speaks of: its own, unless it says that the record is in another. */
export const VERSION_DAY = `coalesce(${selectScalar('line', '$._moved_to')}, dt)`;

/** Indents all lines but the first. */
export const indent = (text: string, spaces = 2): string => text.replaceAll('\n', `\n${' '.repeat(spaces)}`);
