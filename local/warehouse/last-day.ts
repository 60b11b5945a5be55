import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ENDPOINTS } from '../../lambdas/catalog/index.ts';

/**
 * The last day (UTC, YYYY-MM-DD) of which a lake has records of conversations and agents: what `today` means in a lake that
 * may have been written long ago. Undefined if it has none.
 */
export async function lastDay(lakeDir: string): Promise<string | undefined> {
  const tails = ENDPOINTS.filter(({ source }) => source.kind === 'tail');
  const days = await Promise.all(tails.map(({ name }) => daysIn(join(lakeDir, 'raw', name))));
  return days.flat().sort().at(-1);
}

async function daysIn(folder: string): Promise<string[]> {
  const partitions = await Promise.all(
    (await namesIn(folder, 'tenant=')).map((tenant) => namesIn(join(folder, tenant), 'dt=')),
  );
  return partitions.flat().map((name) => name.slice('dt='.length));
}

const namesIn = async (folder: string, prefix: string): Promise<string[]> =>
  (await readdir(folder).catch(() => [])).filter((name) => name.startsWith(prefix));
