import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const PREFIX = 'ccaip-tests-';

/** The first is read on Linux and macOS, the others on Windows. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP'];

/**
 * Global setup of the tests: temporary files of tests, and of the libraries and commands they use, get a folder that is removed
 * after the last test. The templates of one run alone take hundreds of megabytes, and the CDK leaves them behind.
 */
export default async function createTemporaryFolder(): Promise<(() => Promise<void>) | undefined> {
  // it is called once for each project of the tests
  if (basename(tmpdir()).startsWith(PREFIX)) return undefined;
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of VARIABLES) process.env[name] = folder;
  return async () => {
    // in watch mode, the next setup makes another folder
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
