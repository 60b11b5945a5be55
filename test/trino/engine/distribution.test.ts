import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { FetchError, trinoDistribution } from './distribution.ts';

let folder = '';
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

it('without access to Maven Central, a message says that Trino could not be fetched, and why', async () => {
  folder = await mkdtemp(join(tmpdir(), 'ccaip-distribution-'));
  const script = '#!/bin/sh\necho "[ERROR] repo.example: Temporary failure in name resolution"\nexit 1\n';
  await writeFile(join(folder, 'mvn'), script, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  vi.stubEnv('XDG_CACHE_HOME', folder);
  const fetched = trinoDistribution();
  await expect(fetched).rejects.toThrow(FetchError);
  await expect(fetched).rejects.toThrow(/^Maven cannot fetch Trino \d+: .*Temporary failure in name resolution$/);
});
