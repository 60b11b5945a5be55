import { castColumn, selectScalar } from '../../sql/views/expressions.ts';
import type { View } from '../../sql/views/view.ts';

/** Tenant and partitions `dt` to copy. */
export interface Range {
  readonly tenant: string;
  readonly first: string;
  readonly last: string;
}

/**
 * Nearly all timestamps are UTC with whole seconds or milliseconds. A cast that takes a quarter of the time reads those.
 * The expression of the view reads the others.
 */
export const INSTANT = String.raw`CREATE TEMP MACRO instant(t) AS CASE
  WHEN regexp_full_match(t, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d([.]\d{3})?Z') THEN CAST(try_cast(t AS timestamp) AS timestamp(3))
  ELSE ${castColumn('timestamp', 't')}
END`;

/** Rewrites the SQL of a view of lines to parse each line once. */
export function readLinesOnce({ sql }: View, { tenant, first, last }: Range): string {
  const { text, fields, lists } = collectValues(sql, 'line');
  return text.replaceAll('line AS facts', 'line.text AS facts').replaceAll(
    /FROM (raw_\w+)/g,
    (_, table: string) => `FROM (
    SELECT tenant, dt, {${fields}, 'text': text} AS line
    FROM (
      SELECT tenant, dt, line AS text, ${lists}
      FROM ${table}
      WHERE tenant = ${quoted(tenant)} AND dt BETWEEN ${quoted(first)} AND ${quoted(last)}
    ) AS parsed
  ) AS lines`,
  );
}

/** Rewrites the SQL of a view of facts to parse each session's record, or each element of one of its arrays, once. */
export function readElementsOnce({ sql }: View): string {
  const place = sql.indexOf('\nFROM ');
  const from = sql.slice(place + '\nFROM '.length);
  const json = from.startsWith('(') ? 'element' : 'facts';
  const { text, fields, lists } = collectValues(sql.slice(0, place), json);
  return `${text}
FROM (
  SELECT * REPLACE ({${fields}} AS ${json})
  FROM (
    SELECT *, ${lists}
    FROM ${from}
  ) AS parsed
) AS lines`;
}

/**
 * Rewrites SQL that reads values of a JSON column to read the fields of a struct.
 * @returns the text, the fields of the struct, and the lists of values from which they are taken
 */
function collectValues(sql: string, json: string) {
  const scalars = findPaths(sql, new RegExp(`json_extract_scalar\\(${json}, '([^']+)'\\)`, 'g'));
  const pattern = new RegExp(`nullif\\(json_format\\(json_extract\\(${json}, '([^']+)'\\)\\), 'null'\\)`, 'g');
  const values = findPaths(sql, pattern);
  const text = scalars.reduce(
    (rewritten, path, index) =>
      rewritten
        .replaceAll(castColumn('timestamp', selectScalar(json, path)), `instant(${json}.c${index})`)
        .replaceAll(selectScalar(json, path), `${json}.c${index}`),
    sql.replaceAll(pattern, (_, path: string) => {
      return `nullif(${json}.c${scalars.length + values.indexOf(path)}, 'null')`;
    }),
  );
  const fields = [
    ...scalars.map((_, index) => `'c${index}': scalars[${index + 1}]`),
    ...values.map((_, index) => `'c${scalars.length + index}': CAST(jsons[${index + 1}] AS varchar)`),
  ].join(', ');
  const lists = `list_transform(json_value(${json}, ${list(scalars)}), lambda value: value ->> '$') AS scalars,
        ${values.length === 0 ? '[]' : `json_extract(${json}, ${list(values)})`} AS jsons`;
  return { text, fields, lists };
}

const findPaths = (sql: string, pattern: RegExp): string[] => [
  ...new Set([...sql.matchAll(pattern)].map(([, path = '']) => path)),
];
const list = (paths: readonly string[]): string => `[${paths.map(quoted).join(', ')}]`;
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
