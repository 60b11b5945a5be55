import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawTable } from '../../sql/views/raw-tables.ts';
import { LakeNotFoundError } from './warehouse-errors.ts';

/** Endings of object names on disk, in a copy of S3 and in the embedded S3. */
const ENDINGS = ['.ndjson.gz', '.ndjson.gz._S3rver_object'] as const;
type Ending = (typeof ENDINGS)[number];

/**
 * Checks that a lake folder can be read.
 * @throws LakeNotFoundError if it is missing or cannot be read
 */
export async function assertLake(lakeDir: string): Promise<void> {
  try {
    await (await opendir(lakeDir)).close();
  } catch (error) {
    const reason = isMissing(error) ? 'there is no such folder' : `it cannot be read (${String(error)})`;
    throw new LakeNotFoundError(
      `no lake at ${lakeDir}: ${reason}. Ingest into it first, or choose the folder of another lake`,
    );
  }
}

/** Lists patterns for the files of a raw table, or none if it has no files yet. */
export async function createFilePatterns(lakeDir: string, { prefix, partitions }: RawTable): Promise<string[]> {
  const folder = join(lakeDir, ...prefix.split('/'));
  const endings = await endingsIn(folder, partitions.length);
  const wildcards = partitions.map((partition) => (partition === 'endpoint' ? '*' : `${partition}=*`));
  return [...endings].map((ending) => [escapeGlob(folder), ...wildcards, `*${ending}`].join('/'));
}

/** Finds the endings of the files at a depth of folders. Stops when all endings are found. */
async function endingsIn(folder: string, depth: number, seen = new Set<Ending>()): Promise<Set<Ending>> {
  const entries = await opendir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  for await (const entry of entries) {
    if (seen.size === ENDINGS.length) break;
    if (depth > 0 && entry.isDirectory()) await endingsIn(join(folder, entry.name), depth - 1, seen);
    const ending = depth === 0 ? ENDINGS.find((candidate) => entry.name.endsWith(candidate)) : undefined;
    if (ending !== undefined) seen.add(ending);
  }
  return seen;
}

/** Escapes a folder's name as a pattern that matches only itself. */
export const escapeGlob = (folder: string): string => folder.replaceAll('\\', '/').replaceAll(/[[*?]/g, '[$&]');

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
