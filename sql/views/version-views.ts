import { CALL_SEGMENTS_COLUMNS } from '../../catalog/call-segments-columns.ts';
import type { Columns, Endpoint, TailSource } from '../../catalog/index.ts';
import {
  BATCH,
  EXTRACTED_AT,
  IS_RECORD,
  indent,
  listVersionOrder,
  newestFirst,
  selectColumn,
  selectKey,
  selectValue,
  VERSION_DAY,
} from './expressions.ts';
import { nameRawTable, RAW_CALL_SEGMENTS } from './raw-tables.ts';
import { selectVersions } from './readings.ts';
import {
  defineView,
  describeHistory,
  ORIGIN_ITEMS,
  PARTITION_ITEMS,
  REPLACED_AT,
  type SelectItem,
  selectItems,
  type View,
} from './view.ts';

interface Versions {
  readonly table: string;
  /** Expressions of the key of a record. */
  readonly key: readonly string[];
  /** Time of the change that made a version. */
  readonly changedAt: string;
  /** What versions are ordered by that are equal otherwise, the most important first. @default - nothing */
  readonly tieBreak?: readonly string[];
}

/**
 * The subquery after FROM: one line per record. Only a filter on the partition columns of the window reaches the scan, hence `dt`.
 * A record that moved to another day is still superseded: its new version left a line in the old partition, too, the newest there.
 */
const selectNewest = ({ table, key, changedAt, tieBreak = [] }: Versions): string => `(
  SELECT
    tenant,
    dt,
    line,
    row_number() OVER (
      PARTITION BY
        ${['tenant', 'dt', ...key].join(',\n        ')}
      ORDER BY
        ${newestFirst([...listVersionOrder('changed_at'), ...tieBreak]).join(',\n        ')}
    ) AS version
  FROM (
    SELECT
      tenant,
      dt,
      line,
      ${indent(changedAt, 6)} AS changed_at,
      ${EXTRACTED_AT} AS extracted_at,
      ${BATCH} AS batch,
      ${VERSION_DAY} AS version_day
    FROM ${table}
  ) AS lines
) AS versions
WHERE version = 1
  AND ${IS_RECORD}`;

const keyOf = (endpoint: Endpoint) => endpoint.key.map((field) => selectKey('line', `$.${field}`));

const itemsOf = ({ columns }: Pick<Endpoint, 'columns'>, end: readonly SelectItem[] = []): SelectItem[] => [
  ...PARTITION_ITEMS,
  ...selectItems(columns, (column) => selectColumn(column, 'line')),
  ...end,
  ...ORIGIN_ITEMS,
];

/** Selects the line of the newest version of each record of a tail. */
export const selectNewestRecords = (endpoint: Endpoint, source: TailSource): string =>
  selectNewest({
    table: nameRawTable(endpoint.name),
    key: keyOf(endpoint),
    changedAt: selectValue('timestamp', 'line', `$.${source.cursor}`),
  });

/** The newest version of each record of a tail. */
export const createTailView = (endpoint: Endpoint, source: TailSource): View =>
  defineView(endpoint.name, endpoint.doc, itemsOf(endpoint), selectNewestRecords(endpoint, source));

/** Creates the view of every version of each record of a tail. */
export function tailHistoryView(endpoint: Endpoint, source: TailSource): View {
  const key = keyOf(endpoint).map((expression, index) => ({ name: `key_${index + 1}`, expression }));
  const from = selectVersions({
    table: nameRawTable(endpoint.name),
    columns: [
      ...key,
      { name: 'changed_at', expression: selectValue('timestamp', 'line', `$.${source.cursor}`) },
      { name: 'version_day', expression: VERSION_DAY },
    ],
    whole: ['tenant', 'dt', ...key.map(({ name }) => name)],
    order: listVersionOrder('changed_at'),
    place: [],
  });
  const description = describeHistory(`Every version of each record of ${endpoint.name}`);
  return defineView(`${endpoint.name}_history`, description, itemsOf(endpoint, [REPLACED_AT]), from);
}

/** Selects the newest segments of each session of a raw table. */
export const selectSegments = (table: string, key: string): string =>
  selectNewest({
    table,
    key: [selectKey('line', `$.${key}`)],
    changedAt: selectValue('timestamp', 'line', '$.updated_at'),
    tieBreak: [selectValue('bigint', 'line', '$.metrics_version')],
  });

/** Creates the view of the newest metrics of each call. */
export function createCallSegmentsView(columns: Columns = CALL_SEGMENTS_COLUMNS): View {
  const from = selectSegments(RAW_CALL_SEGMENTS, 'call_id');
  const description =
    'The segments of every call, with seconds and status of each metric from the newest version of the call.';
  return defineView('call_segments', description, itemsOf({ columns }), from);
}
