import type { Endpoint, NestedParent, SnapshotSource, TailSource } from '../../catalog/index.ts';
import {
  BATCH,
  EXTRACTED_AT,
  IS_RECORD,
  indent,
  newestFirst,
  SNAPSHOT_BATCH,
  SNAPSHOT_ORDER,
  selectJson,
  selectKey,
  selectScalar,
  selectValue,
} from '../views/expressions.ts';
import { nameRawTable, RAW_CALL_SEGMENTS, RAW_CHAT_SEGMENTS, RAW_COVERAGE } from '../views/raw-tables.ts';
import { selectNewestRecords, selectSegments } from '../views/version-views.ts';

/** The lake of one tenant, in the days of an audit. */
export interface AuditedLake {
  readonly tenant: string;
  /** Partitions to read (UTC dates). */
  readonly days: readonly string[];
}

/** The lake of one tenant for nested records. On Athena, each day of a list costs a request to S3. */
export interface ComparedLake extends AuditedLake {
  /** Days on which the records were read. @default - all */
  readonly read?: readonly string[];
  /** Days that can have lines of the newest snapshot of a parent. @default - all */
  readonly snapshots?: readonly string[];
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const within = ({ tenant, days }: { readonly tenant: string; readonly days?: readonly string[] | undefined }): string =>
  [`tenant = ${quote(tenant)}`, ...(days === undefined ? [] : [`dt IN (${days.map(quote).join(', ')})`])].join(' AND ');

/** Milliseconds since the epoch of a timestamp. */
const toMilliseconds = (timestamp: string): string => `CAST(round(to_unixtime(${timestamp}) * 1000) AS bigint)`;

/**
 * Selects the newest version of every record of a tail in some days: `id`, `cursor_time` (milliseconds), `batch`, `dt`, and
 * `has_segments` for sessions: whether what is computed from this version is there.
 */
export function createTailQuery(endpoint: Endpoint, source: TailSource, lake: AuditedLake): string {
  const cursor = selectValue('timestamp', 'line', `$.${source.cursor}`);
  const records = `(
  SELECT
    dt,
    ${selectKey('line', '$.id')} AS id,
    ${toMilliseconds(cursor)} AS cursor_time,
    ${BATCH} AS batch
  FROM ${indent(selectNewestRecords(endpoint, source))}
    AND ${within(lake)}
)`;
  if (endpoint.channel === undefined) return `SELECT id, cursor_time, batch, dt FROM ${records} AS records`;
  return joinComputed(records, `(\n  ${indent(selectComputed(endpoint.channel, lake))}\n)`);
}

/** The table with what is computed from the records of a channel, and the member of a line with their id. */
const findComputed = (channel: Endpoint['channel']) =>
  channel === 'chat' ? ([RAW_CHAT_SEGMENTS, 'chat_id'] as const) : ([RAW_CALL_SEGMENTS, 'call_id'] as const);

/** Selects the versions of which the segments are there: `dt`, `id`, `cursor_time`. */
function selectComputed(channel: Endpoint['channel'], lake: AuditedLake): string {
  const [table, key] = findComputed(channel);
  return `SELECT
  dt,
  ${selectKey('line', `$.${key}`)} AS id,
  ${toMilliseconds(selectValue('timestamp', 'line', '$.updated_at'))} AS cursor_time
FROM ${selectSegments(table, key)}
  AND ${within(lake)}`;
}

const joinComputed = (
  records: string,
  computed: string,
): string => `SELECT records.id, records.cursor_time, records.batch, records.dt, computed.id IS NOT NULL AS has_segments
FROM ${records} AS records
LEFT JOIN ${computed} AS computed
  ON computed.id = records.id AND computed.dt = records.dt AND computed.cursor_time = records.cursor_time`;

/** Selects the same as {@link createTailQuery} from the curated tables, which hold the rows of the views. */
export function createCuratedTailQuery(endpoint: Endpoint, source: TailSource, lake: AuditedLake): string {
  const table = `curated_${endpoint.name}`;
  const records = `SELECT CAST(id AS varchar) AS id, ${toMilliseconds(source.cursor)} AS cursor_time, batch, dt
FROM ${table}
WHERE ${within(lake)}`;
  if (endpoint.channel === undefined) return records;
  const computed = endpoint.segmentMetrics
    ? `SELECT dt, CAST(call_id AS varchar) AS id, ${toMilliseconds('updated_at')} AS cursor_time
FROM curated_call_segments
WHERE ${within(lake)}`
    : selectComputed(endpoint.channel, lake);
  return joinComputed(`(\n  ${indent(records)}\n)`, `(\n  ${indent(computed)}\n)`);
}

/** Selects some records with their lines, and the lines of what is computed from them: `id`, `line`, `computed`. */
export function createSampleQuery(
  endpoint: Endpoint,
  source: TailSource,
  lake: AuditedLake,
  { size, salt }: { readonly size: number; readonly salt: number | string },
): string {
  const [table, key] = findComputed(endpoint.channel);
  return `SELECT records.id, records.dt, records.line, computed.line AS computed
FROM (
  SELECT dt, ${selectKey('line', '$.id')} AS id, line
  FROM ${indent(selectNewestRecords(endpoint, source))}
    AND ${within(lake)}
) AS records
JOIN (
  SELECT dt, ${selectKey('line', `$.${key}`)} AS id, line
  FROM ${indent(selectSegments(table, key))}
    AND ${within(lake)}
) AS computed ON computed.id = records.id AND computed.dt = records.dt
ORDER BY (try_cast(records.id AS bigint) * 7919 + ${salt}) % 10007, records.id
LIMIT ${size}`;
}

/**
 * Selects the ids and texts of the newest snapshot: `id`, `line`, `extracted_at` (milliseconds).
 * @param days partitions that can have lines of it. @default - all
 */
export function createSnapshotQuery({ name }: Endpoint, tenant: string, days?: readonly string[]): string {
  return `SELECT ${selectKey('line', '$.id')} AS id, line, ${toMilliseconds('extracted_at')} AS extracted_at
FROM ${newestSnapshot(name, { tenant, days })}
WHERE snapshot_rank = 1
  AND ${IS_RECORD}`;
}

const newestSnapshot = (name: string, lake: Parameters<typeof within>[0]): string => `(
  SELECT *, rank() OVER (ORDER BY ${newestFirst(SNAPSHOT_ORDER).join(', ')}) AS snapshot_rank
  FROM (
    SELECT
      dt,
      line,
      ${EXTRACTED_AT} AS extracted_at,
      ${BATCH} AS batch,
      ${SNAPSHOT_BATCH} AS snapshot_batch
    FROM ${nameRawTable(name)}
    WHERE ${within(lake)}
  ) AS lines
) AS snapshots`;

/**
 * Selects the ids of an endpoint's records in quarantine: `id`, which is null for a record without one.
 * @param days days on which the records were read. @default - all
 */
export const createQuarantineQuery = ({ name }: Endpoint, tenant: string, days?: readonly string[]): string =>
  `SELECT DISTINCT ${selectKey('record', '$.id')} AS id
FROM quarantine
WHERE endpoint = ${quote(name)} AND ${within({ tenant, days })} AND NOT is_cleared`;

/** Selects the ids of an endpoint's records that are marked as missing upstream: `id`. */
export const createMarkQuery = ({ name }: Endpoint, tenant: string): string =>
  `SELECT CAST(id AS varchar) AS id FROM missing_upstream WHERE endpoint = ${quote(name)} AND tenant = ${quote(tenant)}`;

/**
 * Selects the ids that {@link createMarkQuery} selects, of the windows of some days. The view would read all days, because a mark and
 * the line that ends it can be in different ones.
 */
export function createRecentMarkQuery({ name }: Endpoint, lake: AuditedLake): string {
  const checkedAt = selectValue('timestamp', 'line', '$.checked_at');
  const last = (isShown: boolean) => `max(CASE WHEN is_shown = '${isShown}' THEN checked_at END)`;
  return `SELECT id
FROM (
  SELECT
    ${selectScalar('line', '$.upstream_id')} AS id,
    ${selectScalar('line', '$.is_shown')} AS is_shown,
    ${checkedAt} AS checked_at
  FROM ${RAW_COVERAGE}
  WHERE endpoint = ${quote(name)} AND ${within(lake)}
) AS marks
WHERE id IS NOT NULL
GROUP BY id
HAVING ${last(false)} > ${last(true)} OR ${last(true)} IS NULL`;
}

/** The parents of a nested endpoint, as far as it has read their ledger. */
export interface ReadParents extends NestedParent {
  /** Last batch of the parent that was read: a number, or a place for one. */
  readonly readTo: number | string;
}

/**
 * Compares the records inside the newest version of each parent with the rows of the nested view. Selects per day: `dt`, `parents`,
 * `expected`, `found`, and `different`: the parents with a difference as `<id>:<cursor time in milliseconds>`, separated by commas.
 * A record in quarantine is not missing. Parents whose newest version the nested endpoint has not read yet are left out.
 * @param rows the view of the nested endpoint, or a table with its rows
 */
export function createNestedQuery(
  { name }: Endpoint,
  parent: ReadParents,
  place: Endpoint,
  source: TailSource | SnapshotSource,
  lake: ComparedLake,
  rows = name,
): string {
  const { tenant, read, snapshots } = lake;
  const days = source.kind === 'tail' ? within(lake) : within({ tenant, days: snapshots });
  const parents =
    source.kind === 'tail'
      ? `SELECT dt, ${selectKey('line', '$.id')} AS parent_id, ${toMilliseconds(selectValue('timestamp', 'line', `$.${source.cursor}`))} AS cursor_time, ${BATCH} AS batch, line
  FROM ${indent(selectNewestRecords(place, source))}
    AND ${days}`
      : `SELECT dt, ${selectKey('line', '$.id')} AS parent_id, ${toMilliseconds('extracted_at')} AS cursor_time, batch, line
  FROM ${newestSnapshot(place.name, { tenant, days: snapshots })}
  WHERE snapshot_rank = 1 AND ${IS_RECORD}`;
  const children = parent.paths.map((path) => `  ${indent(selectChildren(path))}`).join('\n  UNION ALL\n');
  return `WITH parents AS (
  ${parents}
),
read_parents AS (
  SELECT * FROM parents WHERE CAST(batch AS bigint) <= ${parent.readTo}
),
inside AS (
${children}
),
expected AS (
  SELECT dt, parent_id, count(*) AS children FROM inside GROUP BY dt, parent_id
),
rows_of_view AS (
  SELECT dt, CAST(parent_id AS varchar) AS parent_id, batch, count(*) AS children
  FROM ${rows}
  WHERE parent_type = ${quote(parent.endpoint)} AND ${days}
  GROUP BY dt, CAST(parent_id AS varchar), batch
),
aside AS (
  SELECT regexp_extract(place, '^\\w+ (\\S+) ', 1) AS parent_id, count(DISTINCT place) AS children
  FROM quarantine
  WHERE endpoint = ${quote(name)} AND ${within({ tenant, days: read })} AND NOT is_cleared AND place LIKE ${quote(`${parent.endpoint} %`)}
  GROUP BY regexp_extract(place, '^\\w+ (\\S+) ', 1)
),
compared AS (
  SELECT
    p.dt,
    p.parent_id,
    p.cursor_time,
    coalesce(e.children, 0) AS expected,
    coalesce(sum(CASE WHEN r.batch = p.batch THEN r.children END), 0) AS found,
    coalesce(sum(CASE WHEN r.batch <> p.batch THEN r.children END), 0) AS outdated,
    coalesce(max(a.children), 0) AS aside
  FROM read_parents AS p
  LEFT JOIN expected AS e ON e.dt = p.dt AND e.parent_id = p.parent_id
  LEFT JOIN rows_of_view AS r ON r.dt = p.dt AND r.parent_id = p.parent_id
  LEFT JOIN aside AS a ON a.parent_id = p.parent_id
  GROUP BY p.dt, p.parent_id, p.cursor_time, e.children
)
SELECT
  dt,
  count(*) AS parents,
  sum(expected) AS expected,
  sum(found) AS found,
  array_join(
    array_agg(concat(parent_id, ':', CAST(cursor_time AS varchar))) FILTER (WHERE found + aside < expected OR outdated > 0),
    ','
  ) AS different
FROM compared
GROUP BY dt
ORDER BY dt`;
}

/** Selects the values at a path such as `transfers[].to_agent`, as ingestion finds them: a list may be a single object. */
function selectChildren(path: string): string {
  const nodes = path
    .split('.')
    .reduce(
      (from, step) => (step.endsWith('[]') ? selectElements(from, step.slice(0, -2)) : selectMember(from, step)),
      'SELECT dt, parent_id, line AS node FROM read_parents',
    );
  return `SELECT dt, parent_id
FROM (
  ${indent(nodes)}
) AS nodes
WHERE node IS NOT NULL AND replace(node, ' ', '') NOT IN ('null', '{}')`;
}

const selectMember = (
  from: string,
  key: string,
): string => `SELECT dt, parent_id, ${selectJson('node', `$.${key}`)} AS node
FROM (
  ${indent(from)}
) AS parts`;

const selectElements = (
  from: string,
  key: string,
): string => `SELECT dt, parent_id, json_format(json_array_get(elements, place)) AS node
FROM (
  SELECT dt, parent_id, CASE WHEN found LIKE '[%' THEN found ELSE concat('[', found, ']') END AS elements
  FROM (
    ${indent(selectMember(from, key).replace(' AS node', ' AS found'), 4)}
  ) AS members
) AS lists
CROSS JOIN UNNEST(
  CASE WHEN json_array_length(elements) > 0 THEN sequence(0, json_array_length(elements) - 1) END
) AS places (place)`;
