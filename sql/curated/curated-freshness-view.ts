import { defineView, type SelectItem, type View } from '../views/view.ts';
import { listCuratedTables } from './curated-tables.ts';

const item = (name: string, type: SelectItem['column']['type'], doc: string): SelectItem => ({
  name,
  expression: name,
  column: { type, doc, personal: false },
});

/** How fresh the curated tables are. It exists where curation is switched on. */
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
    item('newest_dt', 'varchar', 'Newest day (UTC) of which it holds rows.'),
    {
      ...item('newest_extracted_at', 'timestamp', 'When the newest of its rows was read from the API (UTC).'),
      expression: 'CAST(newest_extracted_at AS timestamp(3))',
    },
    item('newest_batch', 'varchar', 'Number of the newest batch of which it holds rows.'),
  ];
  const description = 'How fresh each curated table is, by tenant.';
  return defineView('curated_freshness', description, items, `(\n${tables.join('\n  UNION ALL\n')}\n) AS tables`);
}
