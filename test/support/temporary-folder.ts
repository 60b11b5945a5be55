import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const PREFIX = 'ccaip-tests-';

/**
 * Global setup of the tests: temporary files of tests, and of the libraries and commands they use, get a folder that is removed
 * after the last test. The templates of one run alone take hundreds of megabytes, and the CDK leaves them behind.
 */
export default async function createTemporaryFolder(): Promise<(() => Promise<void>) | undefined> {
  // it is called once for each project of the tests
  if (basename(tmpdir()).startsWith(PREFIX)) return undefined;
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  // the first is read on Linux and macOS, the others on Windows
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
