import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ENDPOINTS } from '../../catalog/index.ts';

/**
 * The last day (UTC, YYYY-MM-DD) of which a lake has records of conversations and agents: what `today` means in a lake that
 * may have been written long ago. Undefined if it has none.
 */
export async function findLastDay(lakeDir: string): Promise<string | undefined> {
  const tails = ENDPOINTS.filter(({ source }) => source.kind === 'tail');
  const days = await Promise.all(tails.map(({ name }) => daysOf(join(lakeDir, 'raw', name))));
  return days
    .flatMap((tenants) => [...tenants.values()].flat())
    .sort()
    .at(-1);
}

/** The days (UTC, YYYY-MM-DD, in order) on which each tenant has calls. */
export async function listCallDays(lakeDir: string): Promise<Map<string, string[]>> {
  const calls = ENDPOINTS.filter(({ segmentMetrics }) => segmentMetrics);
  const days = await Promise.all(calls.map(({ name }) => daysOf(join(lakeDir, 'raw', name))));
  return new Map(days.flatMap((tenants) => [...tenants]));
}

/** The names of the partitions below the folder of an endpoint, by tenant. */
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
