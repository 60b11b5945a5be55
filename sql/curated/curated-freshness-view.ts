import { defineView, type SelectItem, type View } from '../views/view.ts';
import { listCuratedTables } from './curated-tables.ts';

const item = (name: string, type: SelectItem['column']['type'], doc: string): SelectItem => ({
  name,
  expression: name,
  column: { type, doc, personal: false },
});

/** Creates the view of the freshness of the curated tables. It exists if curation is switched on. */
export function createCuratedFreshnessView(): View {
  const tables = listCuratedTables().map(
    ({ name }) => `  SELECT
    '${name}' AS table_name,
    tenant,
    count(*) AS records,
    max(dt) AS newest_dt,
    max(extracted_at) AS newest_extracted_at,
    max(batch) AS newest_batch
  FROM ${name}
  GROUP BY tenant`,
  );
  const items = [
    item('table_name', 'varchar', 'The curated table.'),
    item('tenant', 'varchar', 'The CCAI Platform instance.'),
    item('records', 'bigint', 'Number of its rows.'),
    item('newest_dt', 'varchar', 'Newest day (UTC) with rows.'),
    {
      ...item('newest_extracted_at', 'timestamp', 'When its newest row was read from the API (UTC).'),
      expression: 'CAST(newest_extracted_at AS timestamp(3))',
    },
    item('newest_batch', 'varchar', 'Number of the newest batch with rows.'),
  ];
  const description = 'Freshness of each curated table by tenant.';
  return defineView('curated_freshness', description, items, `(\n${tables.join('\n  UNION ALL\n')}\n) AS tables`);
}
