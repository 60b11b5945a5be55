import { expect, it } from 'vitest';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { withLake } from '../sql/lake-of-lines.ts';
import { readRepositoryFile } from './documents.ts';

const PAGES = ['README.md', 'docs/athena.md'];

const statements = PAGES.flatMap((page) =>
  [...readRepositoryFile(page).matchAll(/^```sql\n([\s\S]*?)^```/gm)].map(([, sql = '']) => ({ page, sql })),
);

it('the SQL of README.md and docs/athena.md runs over a lake', async () => {
  expect(new Set(statements.map(({ page }) => page))).toEqual(new Set(PAGES));
  await withLake({}, async (folder) => {
    await using warehouse = await openWarehouse(folder);
    for (const { sql } of statements) expect((await warehouse.query(sql)).columns.length, sql).toBeGreaterThan(0);
  });
});
