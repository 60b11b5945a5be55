import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { newFolder, removeFolder } from '../sql/lake-of-lines.ts';
import type { Row } from './fake-platform.ts';
import type { StoredObject } from './test-stores.ts';

/** Answers of queries over everything that is in a lake. */
export async function askLake(
  lake: { readonly objects: () => Promise<readonly StoredObject[]> },
  queries: readonly string[],
): Promise<Row[][]> {
  const folder = await newFolder();
  try {
    for (const { key, lines } of await lake.objects()) {
      const file = join(folder, key);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, gzipSync(`${lines.join('\n')}\n`));
    }
    await using warehouse = await openWarehouse(folder, { threads: 1 });
    const answers: Row[][] = [];
    for (const sql of queries) answers.push((await warehouse.query(sql)).rows);
    return answers;
  } finally {
    await removeFolder(folder);
  }
}
