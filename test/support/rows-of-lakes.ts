import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { JsonValue } from '../../local/warehouse/json-values.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';

/** A row of a view. */
export type ViewRow = Readonly<Record<string, JsonValue>>;

/** The gzip objects of a lake by key. */
export type LakeObjects = ReadonlyMap<string, Uint8Array>;

/**
 * Asks many lakes at once: opening one and planning its views takes longer than reading what a test writes.
 * @returns for each view the rows of each lake's tenant, by `<lake>.<tenant>`
 */
export async function rowsOfLakes<View extends string>(
  lakes: ReadonlyMap<string, LakeObjects>,
  views: readonly View[],
): Promise<Record<View, ReadonlyMap<string, readonly ViewRow[]>>> {
  const folder = await mkdtemp(join(tmpdir(), 'lakes-'));
  try {
    await writePartitions(folder, lakes);
    await using warehouse = await openWarehouse(folder, { threads: 1 });
    const rows: Partial<Record<View, ReadonlyMap<string, readonly ViewRow[]>>> = {};
    for (const view of views)
      rows[view] = Map.groupBy((await warehouse.query(`SELECT * FROM ${view}`)).rows, ({ tenant }) => String(tenant));
    return rows as Record<View, ReadonlyMap<string, readonly ViewRow[]>>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One file for each partition of the raw tables: gzip files one after the other are a gzip file. */
async function writePartitions(folder: string, lakes: ReadonlyMap<string, LakeObjects>): Promise<void> {
  const partitions = new Map<string, Uint8Array[]>();
  for (const [lake, objects] of lakes)
    for (const [key, body] of objects) {
      const [, partition] = /^(raw\/.+)\/[^/]+$/.exec(key.replace('tenant=', `tenant=${lake}.`)) ?? [];
      if (partition === undefined) continue;
      const bodies = partitions.get(partition);
      if (bodies) bodies.push(body);
      else partitions.set(partition, [body]);
    }
  for (const [partition, bodies] of partitions) {
    const file = join(folder, partition, 'all.ndjson.gz');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.concat(bodies));
  }
}
