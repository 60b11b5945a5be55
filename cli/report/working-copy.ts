import { CALL_SEGMENTS_COLUMNS } from '../../catalog/call-segments-columns.ts';
import { type Columns, findEndpoint } from '../../catalog/index.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { castColumn, selectScalar } from '../../sql/views/expressions.ts';
import { createCallSegmentsView, createTailView } from '../../sql/views/version-views.ts';
import type { View } from '../../sql/views/view.ts';

/** The views that a report reads repeatedly, with the columns that its queries use. */
const COPIED: Readonly<Record<string, readonly string[]>> = {
  call: [
    'id',
    'created_at',
    'queued_at',
    'connected_at',
    'ended_at',
    'status',
    'fail_reason',
    'queue_name',
    'transfers',
  ],
  chat: ['id', 'created_at', 'assigned_at', 'average_response_time'],
  agent_status_history: ['id', 'agent_id', 'status_id', 'activity', 'started_at', 'ended_at'],
};
const COPIED_SEGMENTS = [
  'call_id',
  'family',
  'created_at',
  'queue_name',
  'queue_time',
  'ring_time',
  'talk_time',
  'hold_time',
  'handle_time',
  'transfer_time_status',
];

/** Tenant and partitions `dt` to copy. */
export interface Range {
  readonly tenant: string;
  readonly first: string;
  readonly last: string;
}

/**
 * Replaces the largest views by tables with the rows of one tenant and period. Names and values stay the same, but each
 * line is parsed only once instead of for every column of every query.
 */
export async function copyViews(warehouse: Warehouse, range: Range): Promise<void> {
  await warehouse.run(INSTANT);
  for (const view of copiedViews())
    await warehouse.run(`CREATE TEMP TABLE ${view.name} AS\n${parsedOnce(view, range)}`);
}

function copiedViews(): View[] {
  const tails = Object.entries(COPIED).flatMap(([name, columns]) => {
    const endpoint = findEndpoint(name);
    if (endpoint?.source.kind !== 'tail') return [];
    return [createTailView({ ...endpoint, columns: picked(endpoint.columns, columns) }, endpoint.source)];
  });
  return [...tails, createCallSegmentsView(picked(CALL_SEGMENTS_COLUMNS, COPIED_SEGMENTS))];
}

const picked = (columns: Columns, names: readonly string[]): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([name]) => names.includes(name)));

/**
 * Nearly all timestamps are UTC with whole seconds or milliseconds. A cast that takes a quarter of the time reads those.
 * The expression of the view reads the others.
 */
const INSTANT = String.raw`CREATE TEMP MACRO instant(t) AS CASE
  WHEN regexp_full_match(t, '\d{4}-\d\d-\d\dT([01]\d|2[0-3]):\d\d:\d\d([.]\d{3})?Z') THEN CAST(try_cast(t AS timestamp) AS timestamp(3))
  ELSE ${castColumn('timestamp', 't')}
END`;

/** Rewrites the SQL of a view to read lists of values instead of JSON lines. */
function parsedOnce({ sql }: View, { tenant, first, last }: Range): string {
  const scalars = unique(sql, /json_extract_scalar\(line, '([^']+)'\)/g);
  const values = unique(sql, /json_extract\(line, '([^']+)'\)/g);
  const rewritten = scalars.reduce(
    (text, path, index) =>
      text
        .replaceAll(castColumn('timestamp', selectScalar('line', path)), `instant(line.c${index})`)
        .replaceAll(selectScalar('line', path), `line.c${index}`),
    sql.replaceAll(/nullif\(json_format\(json_extract\(line, '([^']+)'\)\), 'null'\)/g, (_, path: string) => {
      return `nullif(line.c${scalars.length + values.indexOf(path)}, 'null')`;
    }),
  );
  const fields = [
    ...scalars.map((_, index) => `'c${index}': scalars[${index + 1}]`),
    ...values.map((_, index) => `'c${scalars.length + index}': CAST(jsons[${index + 1}] AS varchar)`),
  ];
  return rewritten.replace(
    /FROM (raw_\w+)/,
    (_, table: string) => `FROM (
    SELECT
      tenant,
      dt,
      {${fields.join(', ')}} AS line
    FROM (
      SELECT
        tenant,
        dt,
        list_transform(json_value(line, ${list(scalars)}), lambda value: value ->> '$') AS scalars,
        ${values.length === 0 ? '[]' : `json_extract(line, ${list(values)})`} AS jsons
      FROM ${table}
      WHERE tenant = ${quoted(tenant)} AND dt BETWEEN ${quoted(first)} AND ${quoted(last)}
    ) AS parsed
  ) AS lines`,
  );
}

const unique = (sql: string, pattern: RegExp): string[] => [
  ...new Set([...sql.matchAll(pattern)].map(([, path = '']) => path)),
];
const list = (paths: readonly string[]): string => `[${paths.map(quoted).join(', ')}]`;
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
