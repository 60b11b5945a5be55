import type { Endpoint, SnapshotSource } from '../lambdas/catalog/index.ts';
import { BATCH, columnValue, EXTRACTED_AT, indent, jsonAt, scalarAt } from './expressions.ts';
import { rawTableName } from './raw-tables.ts';
import { DELETED_AT, defineView, ORIGIN_ITEMS, PARTITION_ITEMS, selectItems, type View } from './view.ts';

/** Column that holds the element in a view with one row per element. */
const ELEMENT = 'element';

/**
 * The newest version of every record that was ever in a snapshot, over all days. A record that is not in the tenant's newest
 * snapshot has left: `deleted_at` is the time of the first snapshot without it.
 */
export function snapshotView(endpoint: Endpoint, source: SnapshotSource): View {
  const elements = source.rowPer === undefined ? undefined : `$.${source.rowPer}[]`;
  const items = [
    ...PARTITION_ITEMS,
    ...selectItems(endpoint.columns, (column) => {
      const inElement = elements !== undefined && column.paths.every((path) => path.startsWith(`${elements}.`));
      if (!inElement) return columnValue(column, 'line');
      const paths = column.paths.map((path) => path.replace(elements, '$'));
      return columnValue({ ...column, paths }, ELEMENT);
    }),
    DELETED_AT,
    ...ORIGIN_ITEMS,
  ];
  const newest = newestVersions(endpoint);
  const from = source.rowPer === undefined ? newest : onePerElement(newest, source.rowPer);
  return defineView(endpoint.name, endpoint.doc, items, from);
}

function newestVersions(endpoint: Endpoint): string {
  const key = endpoint.key.map((field) => scalarAt('line', `$.${field}`)).join(', ');
  // all records of a snapshot have one extraction time, so that the next group of times is the next snapshot
  return `(
  SELECT
    *,
    row_number() OVER (PARTITION BY tenant, ${key} ORDER BY extracted_at DESC, ${BATCH} DESC) AS version_rank
  FROM (
    SELECT
      *,
      first_value(extracted_at) OVER (
        PARTITION BY tenant
        ORDER BY extracted_at
        GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING
      ) AS deleted_at
    FROM (
      SELECT
        tenant,
        dt,
        line,
        ${EXTRACTED_AT} AS extracted_at
      FROM ${rawTableName(endpoint.name)}
    ) AS lines
  ) AS snapshots
  WHERE ${scalarAt('line', '$._none')} IS NULL
) AS versions
WHERE version_rank = 1`;
}

/** A single object counts as an array of one; anything else that is not an object is no element. */
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
      SELECT *, ${jsonAt('line', `$.${field}`)} AS found
      FROM ${indent(newest, 6)}
    ) AS newest
  ) AS listed
  CROSS JOIN UNNEST(
    CASE WHEN json_array_length(elements) > 0 THEN sequence(0, json_array_length(elements) - 1) END
  ) AS places (place)
) AS unnested
WHERE ${ELEMENT} LIKE '{%'`;
}
