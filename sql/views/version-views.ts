import { CALL_SEGMENTS_COLUMNS } from '../../catalog/call-segments-columns.ts';
import type { Columns, Endpoint, TailSource } from '../../catalog/index.ts';
import { selectColumn, selectScalar, selectValue } from './expressions.ts';
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
  /** Order of the lines of a record. The first line counts. */
  readonly order: readonly string[];
}

/**
 * Creates the text after FROM with one line per record. Only a filter on the window's partition columns reaches the scan,
 * so these include `dt`.
 */
const oneVersion = ({ table, key, order }: Versions): string => `(
  SELECT
    tenant,
    dt,
    line,
    row_number() OVER (
      PARTITION BY
        ${['tenant', 'dt', ...key].join(',\n        ')}
      ORDER BY
        ${order.join(',\n        ')}
    ) AS version
  FROM ${table}
) AS versions
WHERE version = 1`;

const EXTRACTION = [selectScalar('line', '$._extracted_at'), selectScalar('line', '$._batch')];

/** Orders lines without a value as the oldest. */
const newestFirst = (texts: readonly string[]) => texts.map((text) => `${text} DESC NULLS LAST`);
const keyOf = (endpoint: Endpoint) => endpoint.key.map((field) => selectScalar('line', `$.${field}`));

const itemsOf = ({ columns }: Pick<Endpoint, 'columns'>, end: readonly SelectItem[] = []): SelectItem[] => [
  ...PARTITION_ITEMS,
  ...selectItems(columns, (column) => selectColumn(column, 'line')),
  ...end,
  ...ORIGIN_ITEMS,
];

/** Creates the view of the newest version of each record of a tail. All versions of a record have the same `dt`. */
export function createTailView(endpoint: Endpoint, source: TailSource): View {
  const from = oneVersion({
    table: nameRawTable(endpoint.name),
    key: keyOf(endpoint),
    order: newestFirst([selectValue('timestamp', 'line', `$.${source.cursor}`), ...EXTRACTION]),
  });
  return defineView(endpoint.name, endpoint.doc, itemsOf(endpoint), from);
}

/** Creates the view of every version of each record of a tail. */
export function tailHistoryView(endpoint: Endpoint, source: TailSource): View {
  const key = keyOf(endpoint).map((expression, index) => ({ name: `key_${index + 1}`, expression }));
  const from = selectVersions({
    table: nameRawTable(endpoint.name),
    columns: [...key, { name: 'changed_at', expression: selectValue('timestamp', 'line', `$.${source.cursor}`) }],
    whole: ['tenant', 'dt', ...key.map(({ name }) => name)],
    order: ['changed_at', 'extracted_at', 'batch'],
    place: [],
  });
  const description = describeHistory(`Every version of each record of ${endpoint.name}`);
  return defineView(`${endpoint.name}_history`, description, itemsOf(endpoint, [REPLACED_AT]), from);
}

/** Creates the view of the newest metrics of each call. */
export function createCallSegmentsView(columns: Columns = CALL_SEGMENTS_COLUMNS): View {
  const from = oneVersion({
    table: RAW_CALL_SEGMENTS,
    key: [selectScalar('line', '$.call_id')],
    order: newestFirst([
      selectValue('timestamp', 'line', '$.updated_at'),
      selectValue('bigint', 'line', '$.metrics_version'),
      ...EXTRACTION,
    ]),
  });
  const description =
    'The segments of every call, with seconds and status of each metric from the newest version of the call.';
  return defineView('call_segments', description, itemsOf({ columns }), from);
}
