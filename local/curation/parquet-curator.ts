import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CuratedTable } from '../../sql/curated/curated-tables.ts';
import { locateCurated } from '../warehouse/curated-views.ts';
import { quoteText } from '../warehouse/raw-views.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Curator } from './curate-tables.ts';

/** Folder for unfinished files, which no table reads. */
const UNFINISHED = 'curated/unfinished';

/**
 * Keeps curated tables as Parquet files in the lake's folder, one per tenant and day. Each file is written completely from the
 * view and then replaces the previous one.
 */
export class ParquetCurator implements Curator {
  readonly #warehouse: Warehouse;
  readonly #lake: string;

  /** @param warehouse over the same lake */
  constructor(warehouse: Warehouse, lake: string) {
    this.#warehouse = warehouse;
    this.#lake = lake;
  }

  async create({ prefix }: CuratedTable): Promise<void> {
    await rm(join(this.#lake, prefix), { recursive: true, force: true });
  }

  async merge(table: CuratedTable, { tenant, days }: { readonly tenant: string; readonly days: readonly string[] }) {
    const unfinished = join(this.#lake, UNFINISHED);
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(dirname(unfinished), { recursive: true });
    const names = table.columns.map(({ name }) => name);
    await this.#warehouse.run(`COPY (
  SELECT ${names.join(', ')} FROM ${table.view}
  WHERE tenant = ${quoteText(tenant)} AND dt IN (${days.map(quoteText).join(', ')})
    AND ${table.key.map((column) => `${column} IS NOT NULL`).join(' AND ')}
  ORDER BY ${table.key.join(', ')}
) TO ${quoteText(unfinished)} (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (tenant, dt))`);
    const folder = join(locateCurated(this.#lake, table), `tenant=${tenant}`);
    await mkdir(folder, { recursive: true });
    const written: string[] = await readdir(join(unfinished, `tenant=${tenant}`)).catch(() => []);
    for (const day of days) {
      const name = `dt=${day}`;
      await rm(join(folder, name), { recursive: true, force: true });
      if (written.includes(name)) await rename(join(unfinished, `tenant=${tenant}`, name), join(folder, name));
    }
    await rm(unfinished, { recursive: true, force: true });
  }
}
