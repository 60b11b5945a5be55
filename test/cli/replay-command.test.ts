import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReplaySummary } from '../../lambdas/replay/replay.ts';
import { commandLine } from '../support/command-line.ts';
import { CREDENTIAL, ccaip, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'acme');
  const platform = await servePlainly(samples());
  const target = ['--base-url', platform.baseUrl, '--tenant', 'acme', '--since', '2018-01-01', '--rate', '500'];
  await ccaip(['run', 'call', '--dir', dir, ...target], CREDENTIAL);
  // from here on there is no platform to ask
  await platform.close();
});
afterAll(() => folder.remove());

const replay = (at: string, ...args: string[]) => commandLine(['replay', '--dir', at, ...args]);
const reports = async (at: string, ...args: string[]) =>
  JSON.parse((await replay(at, '--json', ...args)).stdout) as ReplaySummary[];

describe('replay', () => {
  test('of what was just ingested finds everything equal', async () => {
    const outcome = await replay(dir);
    expect(outcome).toMatchObject({
      code: 0,
      stdout:
        'acme call: 0 items written (0 missing, 0 different), 2 equal, 0 objects of segments written, 2 raw records read\n',
    });
    expect(outcome.stderr).toMatch(/acme call +2 records of 2 days\n/);
  });

  test('writes segments again that were deleted, of the dates that are named', async () => {
    const at = join(folder.path, 'again');
    await cp(dir, at, { recursive: true });
    await rm(join(at, 's3', 'ccaip-lake', 'segments'), { recursive: true });
    expect(await reports(at, '--dry-run')).toMatchObject([
      { tenant: 'acme', outcome: 'done', report: { objects: 2, same: 2, records: 2 } },
    ]);
    expect(await reports(at, '--to', '2019-08-01')).toMatchObject([{ report: { objects: 1, same: 1, records: 1 } }]);
    expect(await reports(at, '--from', '2019-08-02')).toMatchObject([{ report: { objects: 1, same: 1, records: 1 } }]);
    expect(await reports(at, '--tenant', 'acme')).toMatchObject([{ report: { objects: 0, same: 2 } }]);
  });

  test('takes back what is in quarantine and fits, of all endpoints or of one', async () => {
    const outcome = { code: 0, stdout: 'nothing is open in quarantine\n', stderr: '' };
    expect(await replay(dir, '--quarantine')).toEqual(outcome);
    expect(await replay(dir, '--quarantine', 'call')).toEqual(outcome);
    expect(JSON.parse((await replay(dir, '--quarantine', 'call', '--json')).stdout)).toEqual([
      { tenant: 'acme', endpoint: 'call', outcome: 'done', taken: 0, left: {}, gone: 0 },
    ]);
  });

  test('refuses rules that are not at work, and a tenant that it does not know', async () => {
    expect(await replay(dir, '--metrics-version', '999')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not 999: deploy the version you mean first'),
    });
    expect(await replay(dir, '--tenant', 'other')).toMatchObject({
      code: 1,
      stderr: 'ccaip: nothing was ingested of tenant other: there is acme\n',
    });
  });

  test('says so where nothing was ingested', async () => {
    expect(await replay(join(folder.path, 'nothing'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is nothing ingested in'),
    });
  });

  test.each([
    [['--endpoint', 'chat'], 'chat has no segment metrics: only call can be replayed'],
    [['--from', '2026-11-02', '--to', '2026-11-01'], '--from 2026-11-02 lies behind --to 2026-11-01: exchange them'],
    [['--from', 'yesterday'], 'Give a date like 2026-11-02.'],
    [['--tenant', 'A B'], 'Give the name of a tenant'],
  ])('called wrongly with %j ends with code 2 and says what is meant', async (args, sentence) => {
    const { code, stderr } = await replay(dir, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
