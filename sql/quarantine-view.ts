import { json, varchar } from '../lambdas/catalog/columns.ts';
import type { Columns } from '../lambdas/catalog/index.ts';
import { columnValue } from './expressions.ts';
import { RAW_QUARANTINE } from './raw-tables.ts';
import { defineView, endpointItem, ORIGIN_ITEMS, PARTITION_ITEMS, selectItems, type View } from './view.ts';

const COLUMNS: Columns = {
  reason: varchar('Why the record was set aside.', { at: '$.reason' }),
  place: varchar('Where in the API it stood.', { at: '$.place' }),
  run: varchar('The run that set it aside.', { at: '$.run' }),
  record: json('The record as the API sent it.', { at: '$.record', personal: true }),
};

/** The records that did not fit their schema, as often as they were met. */
export function quarantineView(): View {
  const items = [
    endpointItem('The endpoint whose record it is.'),
    ...PARTITION_ITEMS,
    ...selectItems(COLUMNS, (column) => columnValue(column, 'line')),
    ...ORIGIN_ITEMS,
  ];
  return defineView('quarantine', 'Records that did not fit their schema, with the reason.', items, RAW_QUARANTINE);
}
