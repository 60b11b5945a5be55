import { json, varchar } from '../../catalog/columns.ts';
import type { Columns } from '../../catalog/index.ts';
import { selectColumn, selectScalar, selectValue } from './expressions.ts';
import { RAW_QUARANTINE } from './raw-tables.ts';
import {
  defineView,
  describeEndpoint,
  ORIGIN_ITEMS,
  PARTITION_ITEMS,
  type SelectItem,
  selectItems,
  type View,
} from './view.ts';

const COLUMNS: Columns = {
  reason: varchar('Why the record was set aside.', { at: '$.reason' }),
  place: varchar('Where in the API it stood.', { at: '$.place' }),
  run: varchar('The run that set it aside.', { at: '$.run' }),
  record: json('The record as the API sent it.', { at: '$.record', personal: true }),
};

const TAKEN_BACK_AT: SelectItem = {
  name: 'requeued_at',
  expression: 'requeued_at',
  column: {
    type: 'timestamp',
    doc: 'When the record was taken after all (UTC), because it fits its schema by now; null while it is open.',
    personal: false,
  },
};

/** One line per entry. A line that says that an entry was taken lies in the same partition, so that a filter on `dt` keeps both. */
const ENTRIES = `(
  SELECT
    endpoint,
    tenant,
    dt,
    line,
    max(${selectValue('timestamp', 'line', '$.requeued_at')}) OVER (
      PARTITION BY endpoint, tenant, dt, ${selectScalar('line', '$.entry')}
    ) AS requeued_at
  FROM ${RAW_QUARANTINE}
) AS entries
WHERE ${selectScalar('line', '$.reason')} IS NOT NULL`;

/** The records that did not fit their schema, as often as they were met. */
export function createQuarantineView(): View {
  const items = [
    describeEndpoint('The endpoint whose record it is.'),
    ...PARTITION_ITEMS,
    ...selectItems(COLUMNS, (column) => selectColumn(column, 'line')),
    TAKEN_BACK_AT,
    ...ORIGIN_ITEMS,
  ];
  const description = 'Records that did not fit their schema, with the reason, and whether they were taken since.';
  return defineView('quarantine', description, items, ENTRIES);
}
