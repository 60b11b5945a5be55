import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ENDPOINTS } from '../../catalog/index.ts';

/**
 * Finds the last day (UTC, YYYY-MM-DD) with records of conversations and agents. It is the meaning of `today` in a lake, which
 * may be old. Returns undefined if there are no such records.
 */
export async function findLastDay(lakeDir: string): Promise<string | undefined> {
  const tails = ENDPOINTS.filter(({ source }) => source.kind === 'tail');
  const days = await Promise.all(tails.map(({ name }) => daysOf(join(lakeDir, 'raw', name))));
  return days
    .flatMap((tenants) => [...tenants.values()].flat())
    .sort()
    .at(-1);
}

/** Lists the days (UTC, YYYY-MM-DD, in order) with calls of each tenant. */
export async function listCallDays(lakeDir: string): Promise<Map<string, string[]>> {
  const calls = ENDPOINTS.filter(({ segmentMetrics }) => segmentMetrics);
  const days = await Promise.all(calls.map(({ name }) => daysOf(join(lakeDir, 'raw', name))));
  return new Map(days.flatMap((tenants) => [...tenants]));
}

/** Lists the partitions below the folder of an endpoint, by tenant. */
async function daysOf(folder: string): Promise<Map<string, string[]>> {
  const tenants = await namesIn(folder, 'tenant=');
  return new Map(
    await Promise.all(
      tenants.map(async (tenant) => [tenant, await namesIn(join(folder, `tenant=${tenant}`), 'dt=')] as const),
    ),
  );
}

const namesIn = async (folder: string, prefix: string): Promise<string[]> =>
  (await readdir(folder).catch(() => []))
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .sort();
