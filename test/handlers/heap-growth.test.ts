import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ENTRY = fileURLToPath(new URL('./count-collections.ts', import.meta.url));

/** How often V8 collects all objects in a process. */
async function countCollections(growth: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-semi-space-size=8', ENTRY, growth]);
  return Number(stdout);
}

it('makes V8 collect all objects less often', async () => {
  const often = await countCollections('10');
  expect(often).toBeGreaterThan(5);
  expect(await countCollections('400')).toBeLessThan(often / 2);
});
