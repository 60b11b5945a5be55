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
  reason: varchar('Why the record was quarantined.', { at: '$.reason' }),
  place: varchar('Place of the record in the API.', { at: '$.place' }),
  run: varchar('The run that quarantined it.', { at: '$.run' }),
  record: json('The record as sent by the API.', { at: '$.record', personal: true }),
};

const TAKEN_BACK_AT: SelectItem = {
  name: 'requeued_at',
  expression: 'requeued_at',
  column: {
    type: 'timestamp',
    doc: 'When the record was requeued (UTC) because it passed validation; null while it is open.',
    personal: false,
  },
};

/** One line per entry. The line that marks an entry as requeued is in the same partition, so a filter on `dt` keeps both. */
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

/** Creates the view of the records that failed validation, with one row for each time they were read. */
export function createQuarantineView(): View {
  const items = [
    describeEndpoint('The endpoint of the record.'),
    ...PARTITION_ITEMS,
    ...selectItems(COLUMNS, (column) => selectColumn(column, 'line')),
    TAKEN_BACK_AT,
    ...ORIGIN_ITEMS,
  ];
  const description = 'Records that failed validation, with the reason and whether they were requeued.';
  return defineView('quarantine', description, items, ENTRIES);
}
