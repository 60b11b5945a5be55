import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { locateLake } from '../../local/aws/local-aws.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { simulate } from '../../simulator/simulation.ts';
import { ccaip, complaints, jsonFrom, temporaryFolder } from './run-ccaip.ts';

const SIMULATION = { seed: 4, seats: 4, days: 2 };

let folder: { path: string; remove: () => Promise<void> };
beforeAll(async () => {
  folder = await temporaryFolder();
  const options = Object.entries(SIMULATION).flatMap(([name, value]) => [`--${name}`, String(value)]);
  expect(await ccaip(['run', '--dir', folder.path, ...options])).toMatchObject({ code: 0 });
});
afterAll(() => folder.remove());

interface Audited {
  readonly endpoints: number;
  readonly proven: number;
  readonly missing: number;
  readonly healed: number;
  readonly results: readonly {
    readonly endpoint: string;
    readonly state: string;
    readonly missing: readonly string[];
  }[];
}

const audit = (...args: string[]) => ccaip(['audit', '--dir', folder.path, '--from', '3d', ...args]);

async function countRows(): Promise<Record<string, number>> {
  await using warehouse = await openWarehouse(locateLake(folder.path), { threads: 1 });
  const counts: Record<string, number> = {};
  for (const { name } of ENDPOINTS)
    counts[name] = Number((await warehouse.query(`SELECT count(*) AS n FROM ${name}`)).rows[0]?.n);
  return counts;
}

describe('ccaip audit', () => {
  it('proves every endpoint complete, and status shows it', async () => {
    const { code, stdout } = await audit();
    expect(code).toBe(0);
    const line = new RegExp(
      `^proven complete: ${ENDPOINTS.length} of ${ENDPOINTS.length} endpoints, \\d+ windows, \\d+ requests$`,
      'm',
    );
    expect(stdout).toMatch(line);
    const status = await ccaip(['status', '--dir', folder.path]);
    expect(status.stdout).toMatch(new RegExp(`audited .*, ${line.source.slice(1, -1)}`));
  });

  it('names the records of an object that was deleted by hand, and brings them back', async () => {
    const before = await countRows();
    const days = join(locateLake(folder.path), 'raw', 'call', 'tenant=demo');
    const files = (await readdir(days, { recursive: true })).filter((name) => name.endsWith('_S3rver_object'));
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(days, name))).size));
    await rm(join(days, files[sizes.indexOf(Math.max(...sizes))] ?? ''));
    const gone = Number(before.call) - Number((await countRows()).call);
    expect(gone).toBeGreaterThan(0);

    const found = await audit('--json');
    expect(found.code).toBe(1);
    expect(complaints(found)).toEqual([]);
    const { results, missing, proven } = jsonFrom<Audited>(found);
    const named = results.filter(({ endpoint }) => endpoint === 'call').flatMap((each) => each.missing);
    expect(new Set(named).size).toBe(gone);
    expect(missing).toBeGreaterThanOrEqual(gone);
    expect(proven).toBeLessThan(ENDPOINTS.length);

    const healed = await audit('--heal');
    expect(healed.code).toBe(0);
    expect(healed.stdout).toContain(`${missing} of them healed`);
    expect(await countRows()).toEqual(before);
    const truth = simulate(SIMULATION);
    expect(before.call).toBe(truth.truth(truth.endMs).calls.size);
    expect(jsonFrom<Audited>(await audit('--json', 'call'))).toMatchObject({ missing: 0, healed: 0, proven: 1 });
  });

  it('refuses a range that ends before it starts, and a folder without a lake', async () => {
    expect(await ccaip(['audit', '--dir', folder.path, '--from', '1d', '--to', '2d'])).toMatchObject({ code: 2 });
    expect(await ccaip(['audit', '--dir', join(folder.path, 'nothing')])).toMatchObject({ code: 1 });
  });
});
