import type { Endpoint, SnapshotSource } from '../../catalog/index.ts';
import {
  EXTRACTED_AT,
  IS_RECORD,
  indent,
  newestFirst,
  SNAPSHOT_BATCH,
  SNAPSHOT_ORDER,
  selectColumn,
  selectJson,
  selectKey,
} from './expressions.ts';
import { nameRawTable } from './raw-tables.ts';
import { selectVersions } from './readings.ts';
import {
  DELETED_AT,
  defineView,
  describeHistory,
  ORIGIN_ITEMS,
  PARTITION_ITEMS,
  REPLACED_AT,
  type SelectItem,
  selectItems,
  type View,
} from './view.ts';

/** Column with the element in a view with one row per element. */
const ELEMENT = 'element';

/**
 * Creates the view of the newest version of every record that was ever in a snapshot, over all days. A record that is not in
 * the tenant's newest snapshot is deleted. `deleted_at` is the time of the first snapshot without it.
 */
export function createSnapshotView(endpoint: Endpoint, source: SnapshotSource): View {
  return defineView(
    endpoint.name,
    endpoint.doc,
    itemsOf(endpoint, source, DELETED_AT),
    perElement(newestVersions(endpoint), source),
  );
}

/** Creates the view of every version of every record, from the first snapshot with it to the first without, over all days. */
export function createSnapshotHistoryView(endpoint: Endpoint, source: SnapshotSource): View {
  const description = describeHistory(`Every version of each record of ${endpoint.name}`);
  return defineView(
    `${endpoint.name}_history`,
    description,
    itemsOf(endpoint, source, REPLACED_AT),
    perElement(allVersions(endpoint), source),
  );
}

function itemsOf(endpoint: Endpoint, source: SnapshotSource, end: SelectItem): SelectItem[] {
  const elements = source.rowPer === undefined ? undefined : `$.${source.rowPer}[]`;
  return [
    ...PARTITION_ITEMS,
    ...selectItems(endpoint.columns, (column) => {
      const inElement = elements !== undefined && column.paths.every((path) => path.startsWith(`${elements}.`));
      if (!inElement) return selectColumn(column, 'line');
      const paths = column.paths.map((path) => path.replace(elements, '$'));
      return selectColumn({ ...column, paths }, ELEMENT);
    }),
    end,
    ...ORIGIN_ITEMS,
  ];
}

const perElement = (versions: string, { rowPer }: SnapshotSource): string =>
  rowPer === undefined ? versions : onePerElement(versions, rowPer);

const keysOf = ({ key }: Endpoint): string[] => key.map((field) => selectKey('line', `$.${field}`));

/** Selects the lines of all snapshots with the times of their snapshot and of the next one. */
function snapshotLines({ name }: Endpoint, next: string): string {
  // all records of a snapshot have one batch and one extraction time, so that the next group of them is the next snapshot
  return `(
    SELECT
      *,
      first_value(extracted_at) OVER (
        PARTITION BY tenant
        ORDER BY ${SNAPSHOT_ORDER.join(', ')}
        GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING
      ) AS ${next}
    FROM (
      SELECT
        tenant,
        dt,
        line,
        ${EXTRACTED_AT} AS extracted_at,
        ${SNAPSHOT_BATCH} AS snapshot_batch
      FROM ${nameRawTable(name)}
    ) AS lines
  ) AS snapshots
  WHERE ${IS_RECORD}`;
}

const newestVersions = (endpoint: Endpoint): string => `(
  SELECT
    *,
    row_number() OVER (PARTITION BY ${['tenant', ...keysOf(endpoint)].join(', ')} ORDER BY ${newestFirst(SNAPSHOT_ORDER).join(', ')}) AS version_rank
  FROM ${snapshotLines(endpoint, 'deleted_at')}
) AS versions
WHERE version_rank = 1`;

function allVersions(endpoint: Endpoint): string {
  const key = keysOf(endpoint).map((expression, index) => ({ name: `key_${index + 1}`, expression }));
  return selectVersions({
    table: nameRawTable(endpoint.name),
    columns: [...key, { name: 'snapshot_batch', expression: SNAPSHOT_BATCH }],
    whole: ['tenant'],
    order: SNAPSHOT_ORDER,
    place: key.map(({ name }) => name),
  });
}

/** Treats a single object as an array of one. Anything else that is not an object is not an element. */
function onePerElement(newest: string, field: string): string {
  return `(
  SELECT
    *,
    json_format(json_array_get(elements, place)) AS ${ELEMENT}
  FROM (
    SELECT
      *,
      CASE WHEN found LIKE '{%' THEN concat('[', found, ']') WHEN found LIKE '[%' THEN found END AS elements
    FROM (
      SELECT *, ${selectJson('line', `$.${field}`)} AS found
      FROM ${indent(newest, 6)}
    ) AS newest
  ) AS listed
  CROSS JOIN UNNEST(
    CASE WHEN json_array_length(elements) > 0 THEN sequence(0, json_array_length(elements) - 1) END
  ) AS places (place)
) AS unnested
WHERE ${ELEMENT} LIKE '{%'`;
}
