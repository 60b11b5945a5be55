import { json, varchar } from '../../catalog/columns.ts';
import type { Columns } from '../../catalog/index.ts';
import { EXTRACTED_AT, selectColumn, selectScalar, selectValue } from './expressions.ts';
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
  place: varchar('Place of the record in the API, e.g. `/calls from 2026-11-02T10:00:00.000Z page 1 row 3`.', {
    at: '$.place',
  }),
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

const FIRST_SEEN: SelectItem = {
  name: 'first_seen',
  expression: EXTRACTED_AT,
  column: { type: 'timestamp', doc: 'When the record was quarantined (UTC).', personal: false },
};

const LAST_SEEN: SelectItem = {
  name: 'last_seen',
  expression: `coalesce(tried_at, ${EXTRACTED_AT})`,
  column: {
    type: 'timestamp',
    doc: 'Last journalled attempt (UTC). Of an unreadable record each retry that was due is journalled, and at least one attempt a day.',
    personal: false,
  },
};

const TRIES: SelectItem = {
  name: 'tries',
  expression: 'coalesce(tries, 1)',
  column: { type: 'bigint', doc: 'Number of attempts at that time.', personal: false },
};

const IS_CLEARED: SelectItem = {
  name: 'is_cleared',
  expression: 'requeued_at IS NOT NULL',
  column: {
    type: 'boolean',
    doc: 'True if the record was requeued, or an unreadable record could be read.',
    personal: false,
  },
};

const RANGE: readonly SelectItem[] = [
  {
    name: 'range_from',
    expression: 'range_from',
    column: {
      type: 'timestamp',
      doc: 'An unreadable record of a tail is not before this cursor time (UTC).',
      personal: false,
    },
  },
  {
    name: 'range_until',
    expression: 'range_until',
    column: {
      type: 'timestamp',
      doc: 'An unreadable record of a tail is not after this cursor time (UTC).',
      personal: false,
    },
  },
];

/** Aggregates a value of all lines of an entry. */
const overEntry = (aggregate: 'min' | 'max', type: 'timestamp' | 'bigint', path: string): string =>
  `${aggregate}(${selectValue(type, 'line', path)}) OVER (
      PARTITION BY endpoint, tenant, dt, ${selectScalar('line', '$.entry')}
    )`;

/** One line per entry. The line that marks an entry as requeued is in the same partition, so a filter on `dt` keeps both. */
const ENTRIES = `(
  SELECT
    endpoint,
    tenant,
    dt,
    line,
    ${overEntry('max', 'timestamp', '$.requeued_at')} AS requeued_at,
    ${overEntry('max', 'timestamp', '$.tried_at')} AS tried_at,
    ${overEntry('max', 'bigint', '$.tries')} AS tries,
    ${overEntry('min', 'timestamp', '$.range.from')} AS range_from,
    ${overEntry('max', 'timestamp', '$.range.until')} AS range_until
  FROM ${RAW_QUARANTINE}
) AS entries
WHERE ${selectScalar('line', '$.reason')} IS NOT NULL`;

/** Creates the view of the records that failed validation, with one row for each time they were read. */
export function createQuarantineView(): View {
  const items = [
    describeEndpoint('The endpoint of the record.'),
    ...PARTITION_ITEMS,
    ...selectItems(COLUMNS, (column) => selectColumn(column, 'line')),
    ...RANGE,
    FIRST_SEEN,
    LAST_SEEN,
    TRIES,
    IS_CLEARED,
    TAKEN_BACK_AT,
    ...ORIGIN_ITEMS,
  ];
  const description = 'Records that failed validation, with the reason and whether they were requeued.';
  return defineView('quarantine', description, items, ENTRIES);
}
