import { bigint, json, timestamp, varchar } from '../../catalog/columns.ts';
import type { Columns } from '../../catalog/index.ts';
import { newestFirst, selectColumn, selectScalar, selectValue } from './expressions.ts';
import { RAW_COVERAGE } from './raw-tables.ts';
import { defineView, describeEndpoint, PARTITION_ITEMS, plainItem, selectItems, type View } from './view.ts';

const at = (name: string) => ({ at: `$.${name}` });

const COLUMNS: Columns = {
  part: varchar(
    '`records`: the records of the endpoint; `segments`, `metrics`: what is computed from them.',
    at('part'),
  ),
  window_from: timestamp('Start of the window of cursor time (UTC).', at('window_from')),
  window_until: timestamp('End of the window (UTC), included.', at('window_until')),
  state: varchar('`complete`, `healed`, `missing` or `not provable`.', at('state')),
  counted_by: varchar(
    '`total`: the count of the platform; `ids`: listed ids; `both`: each in a part of the window; `snapshot`: a complete walk; `parents`: the records of the parents; `raw`: the raw records.',
    at('counted_by'),
  ),
  platform_count: bigint('Number of records that there should be.', at('platform_count')),
  lake_count: bigint('Number of records in the lake.', at('lake_count')),
  missing: bigint('Number of records that are missing, or there in an older version only.', at('missing')),
  healed: bigint('Number of records that were missing and were brought back by this audit.', at('healed')),
  missing_upstream: bigint('Number of records newly found that the platform no longer shows.', at('missing_upstream')),
  set_aside: bigint('Number of records in quarantine, or that the platform cannot deliver.', at('set_aside')),
  changed: bigint('Number of records that left or entered the window during the audit.', at('changed')),
  reason: varchar('Why the window could not be compared.', at('reason')),
  missing_ids: json('The missing records, at most 1,000.', at('missing_ids')),
  run: varchar('The audit.', at('run')),
  checked_at: timestamp('When it compared (UTC).', at('checked_at')),
};

const CHECKED_AT = selectValue('timestamp', 'line', '$.checked_at');

/** Creates the view of the newest audit result of each window. */
export function createCoverageView(): View {
  const window = ['part', 'window_from'].map((key) => selectScalar('line', `$.${key}`));
  const from = `(
  SELECT
    endpoint,
    tenant,
    dt,
    line,
    row_number() OVER (
      PARTITION BY
        ${['endpoint', 'tenant', 'dt', ...window].join(',\n        ')}
      ORDER BY
        ${newestFirst([CHECKED_AT]).join(',\n        ')}
    ) AS version
  FROM ${RAW_COVERAGE}
  WHERE ${selectScalar('line', '$.part')} IS NOT NULL
) AS results
WHERE version = 1`;
  const items = [
    describeEndpoint('The endpoint that was audited.'),
    ...PARTITION_ITEMS,
    ...selectItems(COLUMNS, (column) => selectColumn(column, 'line')),
  ];
  return defineView(
    'coverage',
    'The newest audit result of each window: what is proven complete, and what is not.',
    items,
    from,
  );
}

const UPSTREAM_ID = selectScalar('line', '$.upstream_id');
const IS_SHOWN = selectScalar('line', '$.is_shown');

/** Creates the view of the records that the lake has and the platform no longer shows. */
export function createMissingUpstreamView(): View {
  const key = ['endpoint', 'tenant', UPSTREAM_ID].join(', ');
  const from = `(
  SELECT
    endpoint,
    tenant,
    dt,
    line,
    max(CASE WHEN ${IS_SHOWN} = 'true' THEN ${CHECKED_AT} END) OVER (PARTITION BY ${key}) AS shown_at,
    row_number() OVER (
      PARTITION BY ${key}, ${IS_SHOWN}
      ORDER BY ${CHECKED_AT}
    ) AS occurrence
  FROM ${RAW_COVERAGE}
  WHERE ${UPSTREAM_ID} IS NOT NULL
) AS marks
WHERE occurrence = 1
  AND ${IS_SHOWN} = 'false'
  AND (shown_at IS NULL OR shown_at < ${CHECKED_AT})`;
  const items = [
    describeEndpoint('The endpoint of the record.'),
    ...PARTITION_ITEMS,
    ...selectItems({ id: bigint('The record.', { at: '$.upstream_id' }) }, (column) => selectColumn(column, 'line')),
    {
      ...plainItem('missing_upstream_since', 'timestamp', 'First audit that did not find it at the platform (UTC).'),
      expression: CHECKED_AT,
    },
  ];
  const description = 'Records that the lake has and the platform no longer shows. They stay in the lake.';
  return defineView('missing_upstream', description, items, from);
}
