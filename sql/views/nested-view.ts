import { type Endpoint, findEndpoint, type NestedSource } from '../../catalog/index.ts';
import {
  BATCH,
  castColumn,
  EXTRACTED_AT,
  IS_RECORD,
  indent,
  listVersionOrder,
  newestFirst,
  SNAPSHOT_BATCH,
  SNAPSHOT_ORDER,
  selectColumn,
  selectKey,
  selectScalar,
  selectValue,
  VERSION_DAY,
} from './expressions.ts';
import { nameRawTable } from './raw-tables.ts';
import { selectVersions } from './readings.ts';
import {
  defineView,
  describeHistory,
  ORIGIN_ITEMS,
  PARENT_ITEMS,
  PARTITION_ITEMS,
  REPLACED_AT,
  type SelectItem,
  selectItems,
  type View,
} from './view.ts';

/**
 * Creates the view of the records inside the newest version of each parent. A record that is gone from its parent is gone from
 * the view. A snapshot parent has no versions of single records, so the newest snapshot counts, over all days.
 */
export function createNestedView(endpoint: Endpoint, source: NestedSource): View {
  const from = `${uniteParents(endpoint, source, inNewestVersion, inNewestSnapshot)}
WHERE version_rank = 1
  AND repetition = 1
  AND ${IS_RECORD}`;
  return defineView(endpoint.name, endpoint.doc, itemsOf(endpoint), from);
}

/** Creates the view of the records inside every version of each parent, or inside every snapshot, over all days. */
export function createNestedHistoryView(endpoint: Endpoint, source: NestedSource): View {
  const description = describeHistory(`The records of ${endpoint.name} inside every version of each parent`);
  return defineView(
    `${endpoint.name}_history`,
    description,
    itemsOf(endpoint, [REPLACED_AT]),
    uniteParents(endpoint, source, inEveryVersion, inEverySnapshot),
  );
}

/** Joins the lines inside parents with versions and the lines inside each snapshot parent. */
function uniteParents(
  { name }: Endpoint,
  { parents }: NestedSource,
  inVersions: (table: string, where: string | undefined) => string,
  inSnapshots: (table: string, parent: string) => string,
): string {
  const table = nameRawTable(name);
  const snapshots = parents.map((parent) => parent.endpoint).filter(isSnapshot);
  const others = snapshots.map((parent) => `${PARENT_TYPE} <> '${parent}'`).join(' AND ');
  const branches = [
    ...(snapshots.length < parents.length ? [inVersions(table, others === '' ? undefined : others)] : []),
    ...snapshots.map((parent) => inSnapshots(table, parent)),
  ];
  return `(\n${branches.join('\n  UNION ALL\n')}\n) AS children`;
}

const itemsOf = (endpoint: Endpoint, end: readonly SelectItem[] = []): SelectItem[] => [
  ...PARTITION_ITEMS,
  ...selectItems(endpoint.columns, (column) => selectColumn(column, 'line')),
  ...PARENT_ITEMS.map(parentItem),
  ...end,
  ...ORIGIN_ITEMS,
];

const isSnapshot = (name: string): boolean => findEndpoint(name)?.source.kind === 'snapshot';

function parentItem(item: SelectItem): SelectItem {
  if (item.name === 'parent_id') return { ...item, expression: castColumn('bigint', item.name) };
  if (item.name === 'parent_updated_at') return { ...item, expression: PARENT_UPDATED_AT };
  if (item.name === 'parent_path') return { ...item, expression: selectScalar('line', '$._parent_path') };
  return item;
}

const PARENT_ID = selectKey('line', '$._parent_id');
const PARENT_TYPE = selectScalar('line', '$._parent_type');
const PARENT_PATH = selectScalar('line', '$._parent_path');
const PARENT_UPDATED_AT = selectValue('timestamp', 'line', '$._parent_updated_at');

const orderBy = (order: readonly string[]): string => newestFirst(order).join(',\n        ');

/** Children of parents whose versions are in one partition, or leave a line in it that says where the next one is. */
function inNewestVersion(table: string, where: string | undefined): string {
  const order = orderBy(listVersionOrder('parent_updated_at'));
  return `  SELECT
    tenant,
    dt,
    line,
    parent_type,
    parent_id,
    rank() OVER (
      PARTITION BY tenant, dt, parent_type, parent_id
      ORDER BY
        ${order}
    ) AS version_rank,
    row_number() OVER (
      PARTITION BY tenant, dt, parent_type, parent_id, ${PARENT_PATH}
      ORDER BY
        ${order}
    ) AS repetition
  FROM (
    SELECT
      tenant,
      dt,
      line,
      ${PARENT_TYPE} AS parent_type,
      ${PARENT_ID} AS parent_id,
      ${PARENT_UPDATED_AT} AS parent_updated_at,
      ${EXTRACTED_AT} AS extracted_at,
      ${BATCH} AS batch,
      ${VERSION_DAY} AS version_day
    FROM ${table}${where === undefined ? '' : `\n    WHERE ${where}`}
  ) AS lines`;
}

/** Selects children of one snapshot endpoint. Its name is a constant, so a filter on `parent_type` skips the branch. */
function inNewestSnapshot(table: string, parent: string): string {
  const order = orderBy(SNAPSHOT_ORDER);
  return `  SELECT
    tenant,
    dt,
    line,
    '${parent}' AS parent_type,
    parent_id,
    rank() OVER (
      PARTITION BY tenant
      ORDER BY
        ${order}
    ) AS version_rank,
    row_number() OVER (
      PARTITION BY tenant, parent_id, ${PARENT_PATH}
      ORDER BY
        ${order}
    ) AS repetition
  FROM (
    SELECT
      tenant,
      dt,
      line,
      ${PARENT_ID} AS parent_id,
      ${EXTRACTED_AT} AS extracted_at,
      ${SNAPSHOT_BATCH} AS snapshot_batch
    FROM ${table}
    WHERE ${PARENT_TYPE} = '${parent}'
  ) AS lines`;
}

const PARENT_COLUMNS = [
  { name: 'parent_id', expression: PARENT_ID },
  { name: 'parent_path', expression: PARENT_PATH },
];

/** Versions of children of parents as in {@link inNewestVersion}. */
function inEveryVersion(table: string, where: string | undefined): string {
  const versions = selectVersions({
    table,
    where,
    columns: [
      { name: 'parent_type', expression: PARENT_TYPE },
      ...PARENT_COLUMNS,
      { name: 'parent_updated_at', expression: PARENT_UPDATED_AT },
      { name: 'version_day', expression: VERSION_DAY },
    ],
    whole: ['tenant', 'dt', 'parent_type', 'parent_id'],
    order: listVersionOrder('parent_updated_at'),
    place: ['parent_path'],
  });
  return selectBranch('parent_type', versions);
}

/** Selects versions of children of one snapshot endpoint, with its name as a constant. */
function inEverySnapshot(table: string, parent: string): string {
  const versions = selectVersions({
    table,
    where: `${PARENT_TYPE} = '${parent}'`,
    columns: [...PARENT_COLUMNS, { name: 'snapshot_batch', expression: SNAPSHOT_BATCH }],
    whole: ['tenant'],
    order: SNAPSHOT_ORDER,
    place: ['parent_id', 'parent_path'],
  });
  return selectBranch(`'${parent}' AS parent_type`, versions);
}

const selectBranch = (parentType: string, versions: string): string => `  SELECT
    tenant,
    dt,
    line,
    ${parentType},
    parent_id,
    replaced_at
  FROM ${indent(versions)}`;
