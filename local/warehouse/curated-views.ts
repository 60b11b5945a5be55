import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CuratedTable } from '../../sql/curated/curated-tables.ts';
import { escapeGlob } from './lake-files.ts';
import { quoteText } from './raw-views.ts';

/** Folder with the files of a curated table. A table with other columns has another folder. */
export const locateCurated = (lake: string, { prefix, shape }: CuratedTable): string =>
  join(lake, ...prefix.split('/'), shape);

/** Creates the statement for a curated table of Parquet files, or for one without rows if there are no files. */
export async function createCurated(lake: string, table: CuratedTable): Promise<string> {
  const folder = locateCurated(lake, table);
  const columns = table.columns.map(({ name, engineType }) => `CAST(${name} AS ${engineType}) AS ${name}`);
  if (!(await hasFiles(folder))) {
    const none = table.columns.map(({ name, engineType }) => `CAST(NULL AS ${engineType}) AS ${name}`);
    return `CREATE OR REPLACE VIEW ${table.name} AS SELECT ${none.join(', ')} WHERE false;`;
  }
  const pattern = `${escapeGlob(folder)}/tenant=*/dt=*/*.parquet`;
  return `CREATE OR REPLACE VIEW ${table.name} AS SELECT ${columns.join(', ')}
FROM read_parquet(${quoteText(pattern)}, hive_partitioning = true, hive_types_autocast = false);`;
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
