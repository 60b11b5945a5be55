import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CuratedTable } from '../../sql/curated/curated-tables.ts';
import { escapeGlob } from './lake-files.ts';
import { quoteText } from './raw-views.ts';
import type { FileView } from './warehouse-views.ts';

/** Folder with the files of a curated table. A table with other columns has another folder. */
export const locateCurated = (lake: string, { prefix, shape }: CuratedTable): string =>
  join(lake, ...prefix.split('/'), shape);

/** Creates the view of a curated table of Parquet files. It has no rows if there are no files. */
export async function createCurated(lake: string, table: CuratedTable): Promise<FileView> {
  const { name } = table;
  const folder = locateCurated(lake, table);
  const none = table.columns.map((column) => `CAST(NULL AS ${column.engineType}) AS ${column.name}`);
  const empty = `CREATE OR REPLACE VIEW ${name} AS SELECT ${none.join(', ')} WHERE false;`;
  if (!(await hasFiles(folder))) return { name, empty, sql: empty };
  const columns = table.columns.map((column) => `CAST(${column.name} AS ${column.engineType}) AS ${column.name}`);
  const pattern = `${escapeGlob(folder)}/tenant=*/dt=*/*.parquet`;
  const sql = `CREATE OR REPLACE VIEW ${name} AS SELECT ${columns.join(', ')}
FROM read_parquet(${quoteText(pattern)}, hive_partitioning = true, hive_types_autocast = false);`;
  return { name, empty, sql };
}

async function hasFiles(folder: string, depth = 2): Promise<boolean> {
  try {
    for await (const entry of await opendir(folder)) {
      if (depth === 0 && entry.name.endsWith('.parquet')) return true;
      if (depth > 0 && entry.isDirectory() && (await hasFiles(join(folder, entry.name), depth - 1))) return true;
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return false;
}
