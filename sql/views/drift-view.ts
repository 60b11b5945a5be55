import { timestamp, varchar } from '../../catalog/columns.ts';
import type { Columns } from '../../catalog/index.ts';
import { selectColumn, selectScalar } from './expressions.ts';
import { RAW_DRIFT } from './raw-tables.ts';
import { defineView, describeEndpoint, ORIGIN_ITEMS, PARTITION_ITEMS, selectItems, type View } from './view.ts';

const COLUMNS: Columns = {
  path: varchar('Place in the record, e.g. `participants[].type`.', { at: '$.path' }),
  what: varchar(
    '`new_key`, `new_type`, `new_value` or `vanished_key`; `far_day`: a record is of a day before 2010 or more than a year ahead, which Athena does not read; `repeated_key`: a record has a key twice, or one that ingestion adds; `schema_full`: further keys or words at the path are not watched, or if it is empty, anywhere in the record.',
    { at: '$.what' },
  ),
  example: varchar(
    'JSON type of what was met, never its value; for a vocabulary the new word itself, for `far_day` the date.',
    {
      at: '$.example',
    },
  ),
  first_seen: timestamp('When the change was first met (UTC).', { at: '$.first_seen' }),
  run: varchar('The run that met it first.', { at: '$.run' }),
};

/** Key of a change. It excludes `dt`, because a change may be journalled again on the next day. */
const CHANGE = ['endpoint', 'tenant', ...['path', 'what', 'example'].map((key) => selectScalar('line', `$.${key}`))];
const FIRST = ['first_seen', '_extracted_at', '_batch'].map((key) => `${selectScalar('line', `$.${key}`)} NULLS LAST`);

/** Creates the view of schema drift. A change that was journalled twice has one row with its first time. */
export function createDriftView(): View {
  const items = [
    describeEndpoint('The endpoint whose records changed.'),
    ...PARTITION_ITEMS,
    ...selectItems(COLUMNS, (column) => selectColumn(column, 'line')),
    ...ORIGIN_ITEMS,
  ];
  const from = `(
  SELECT
    endpoint,
    tenant,
    dt,
    line,
    row_number() OVER (
      PARTITION BY
        ${CHANGE.join(',\n        ')}
      ORDER BY
        ${FIRST.join(',\n        ')}
    ) AS occurrence
  FROM ${RAW_DRIFT}
) AS changes
WHERE occurrence = 1`;
  const description = 'Drift of the inferred schema: new keys, new types, new words and vanished keys.';
  return defineView('drift', description, items, from);
}
