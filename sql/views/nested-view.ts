import { type Endpoint, findEndpoint, type NestedSource } from '../../catalog/index.ts';
import { BATCH, CONTENT, columnValue, scalarAt, typed, valueAt } from './expressions.ts';
import { rawTableName } from './raw-tables.ts';
import {
  defineView,
  ORIGIN_ITEMS,
  PARENT_ITEMS,
  PARTITION_ITEMS,
  type SelectItem,
  selectItems,
  type View,
} from './view.ts';

/**
 * The records inside the newest version of each parent: one that is gone from it is gone from the view. A parent that is a
 * snapshot has no versions of its own: the newest snapshot counts, over all days.
 */
export function nestedView(endpoint: Endpoint, { parents }: NestedSource): View {
  const table = rawTableName(endpoint.name);
  const snapshots = parents.map((parent) => parent.endpoint).filter(isSnapshot);
  const branches = [
    ...(snapshots.length < parents.length ? [ofVersionedParents(table, snapshots)] : []),
    ...snapshots.map((parent) => ofSnapshot(table, parent)),
  ];
  const from = `(
${branches.join('\n  UNION ALL\n')}
) AS children
WHERE version_rank = 1
  AND repetition = 1
  AND ${scalarAt('line', '$._none')} IS NULL`;
  return defineView(endpoint.name, endpoint.doc, itemsOf(endpoint), from);
}

/**
 * The records inside every version of each parent; one that was read several times in a version counts once. Those of a snapshot
 * are inside each snapshot.
 */
export function nestedHistoryView(endpoint: Endpoint, { parents }: NestedSource): View {
  const snapshots = parents.map((parent) => parent.endpoint).filter(isSnapshot);
  const ofSnapshots = `CASE WHEN ${PARENT_TYPE} IN (${snapshots.map((name) => `'${name}'`).join(', ')}) THEN ${EXTRACTED} END`;
  const place = ['tenant', 'dt', PARENT_TYPE, PARENT_ID, PARENT_PATH, ...(snapshots.length > 0 ? [ofSnapshots] : [])];
  const from = `(
  SELECT
    tenant,
    dt,
    line,
    ${PARENT_TYPE} AS parent_type,
    ${PARENT_ID} AS parent_id,
    row_number() OVER (
      PARTITION BY
        ${[...place, CONTENT].join(',\n        ')}
      ORDER BY
        ${EXTRACTED},
        ${BATCH}
    ) AS repetition
  FROM ${rawTableName(endpoint.name)}
) AS children
WHERE repetition = 1
  AND ${scalarAt('line', '$._none')} IS NULL`;
  const description = `The records of ${endpoint.name} inside every version of each parent.`;
  return defineView(`${endpoint.name}_history`, description, itemsOf(endpoint), from);
}

const itemsOf = (endpoint: Endpoint): SelectItem[] => [
  ...PARTITION_ITEMS,
  ...selectItems(endpoint.columns, (column) => columnValue(column, 'line')),
  ...PARENT_ITEMS.map(parentItem),
  ...ORIGIN_ITEMS,
];

const isSnapshot = (name: string): boolean => findEndpoint(name)?.source.kind === 'snapshot';

function parentItem(item: SelectItem): SelectItem {
  if (item.name === 'parent_id') return { ...item, expression: typed('bigint', item.name) };
  if (item.name === 'parent_updated_at')
    return { ...item, expression: valueAt('timestamp', 'line', '$._parent_updated_at') };
  if (item.name === 'parent_path') return { ...item, expression: scalarAt('line', '$._parent_path') };
  return item;
}

const EXTRACTED = scalarAt('line', '$._extracted_at');
const PARENT_ID = scalarAt('line', '$._parent_id');
const PARENT_TYPE = scalarAt('line', '$._parent_type');
const PARENT_PATH = scalarAt('line', '$._parent_path');
const NEWEST_FIRST = [
  `${valueAt('timestamp', 'line', '$._parent_updated_at')} DESC NULLS LAST`,
  `${EXTRACTED} DESC`,
  `${BATCH} DESC`,
].join(',\n        ');

/** Children of parents whose versions are all in one partition. */
function ofVersionedParents(table: string, snapshots: readonly string[]): string {
  const others = snapshots.map((parent) => `${PARENT_TYPE} <> '${parent}'`).join(' AND ');
  return `  SELECT
    tenant,
    dt,
    line,
    ${PARENT_TYPE} AS parent_type,
    ${PARENT_ID} AS parent_id,
    rank() OVER (
      PARTITION BY tenant, dt, ${PARENT_TYPE}, ${PARENT_ID}
      ORDER BY
        ${NEWEST_FIRST}
    ) AS version_rank,
    row_number() OVER (
      PARTITION BY tenant, dt, ${PARENT_TYPE}, ${PARENT_ID}, ${PARENT_PATH}
      ORDER BY
        ${NEWEST_FIRST}
    ) AS repetition
  FROM ${table}${others === '' ? '' : `\n  WHERE ${others}`}`;
}

/** Children of one snapshot endpoint; the name as a constant, so that a filter on `parent_type` skips the branch. */
function ofSnapshot(table: string, parent: string): string {
  return `  SELECT
    tenant,
    dt,
    line,
    '${parent}' AS parent_type,
    ${PARENT_ID} AS parent_id,
    rank() OVER (
      PARTITION BY tenant
      ORDER BY ${EXTRACTED} DESC
    ) AS version_rank,
    row_number() OVER (
      PARTITION BY tenant, ${PARENT_ID}, ${PARENT_PATH}
      ORDER BY
        ${EXTRACTED} DESC,
        ${BATCH} DESC
    ) AS repetition
  FROM ${table}
  WHERE ${PARENT_TYPE} = '${parent}'`;
}
