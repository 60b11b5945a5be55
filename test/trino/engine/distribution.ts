import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Version of Trino: the newest server that Maven Central has as a tar.gz. */
export const VERSION = '476';
const PLUGINS = ['hive', 'iceberg'];

const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ccaip-ingest', `trino-${VERSION}`);

/** Longest time that fetching may take, milliseconds. */
const FETCH_LIMIT = 300_000;

/** Maven could not fetch Trino: there is no way to Maven Central, or it is too slow. */
export class FetchError extends Error {}

/**
 * The folder of an unpacked Trino server, fetched with Maven the first time (821 MB; 490 MB stay).
 * @throws FetchError if Maven cannot fetch it within five minutes
 */
export async function trinoDistribution(): Promise<string> {
  const folder = cacheFolder();
  if (await exists(join(folder, 'lib'))) return folder;
  await mkdir(join(folder, '..'), { recursive: true });
  // beside the folder that it becomes at the end: two who fetch at the same time do not disturb each other
  const work = await mkdtemp(`${folder}-`);
  try {
    await fetchInto(work);
    await run('tar', ['xzf', join(work, `trino-server-${VERSION}.tar.gz`), '-C', work]);
    const unpacked = join(work, `trino-server-${VERSION}`);
    await keepPlugins(unpacked);
    await rename(unpacked, folder).catch(async (error: unknown) => {
      if (!(await exists(join(folder, 'lib')))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

async function fetchInto(folder: string): Promise<void> {
  const artifact = `-Dartifact=io.trino:trino-server:${VERSION}:tar.gz`;
  const copy = ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${folder}`];
  try {
    await run('mvn', copy, { timeout: FETCH_LIMIT });
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    const [reason = `it said nothing within ${FETCH_LIMIT / 1000} s`] = said.split('\n').filter((line) => line !== '');
    throw new FetchError(`Maven cannot fetch Trino ${VERSION}: ${reason.slice(0, 300)}`, { cause: error });
  }
}

/** Removes the other plugins, after unpacking: jars of those that are kept are hard links into them. */
async function keepPlugins(folder: string): Promise<void> {
  const plugins = await readdir(join(folder, 'plugin'));
  const others = plugins.filter((plugin) => !PLUGINS.includes(plugin)).map((plugin) => join('plugin', plugin));
  for (const path of [...others, 'secrets-plugin']) await rm(join(folder, path), { recursive: true, force: true });
  await mkdir(join(folder, 'secrets-plugin'));
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
