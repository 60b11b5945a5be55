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
  const NO_CHATS = { tenant: 'acme', endpoint: 'chat', report: { objects: 0, records: 0 } };

  test('finds everything equal right after ingestion', async () => {
    const outcome = await replay(dir);
    expect(outcome).toMatchObject({
      code: 0,
      stdout:
        'acme call: 0 items written (0 missing, 0 different), 2 equal, 0 objects of segments written, 2 raw records read\n' +
        'acme chat: 0 items written (0 missing, 0 different), 0 equal, 0 objects of segments written, 0 raw records read\n',
    });
    expect(outcome.stderr).toMatch(/acme call +2 records of 2 days\n/);
  });

  test('rewrites deleted segments of the given dates', async () => {
    const at = join(folder.path, 'again');
    await cp(dir, at, { recursive: true });
    await rm(join(at, 's3', 'ccaip-lake', 'segments'), { recursive: true });
    expect(await reports(at, '--dry-run')).toMatchObject([
      { tenant: 'acme', outcome: 'done', report: { objects: 2, same: 2, records: 2 } },
      NO_CHATS,
    ]);
    expect(await reports(at, '--to', '2019-08-01')).toMatchObject([
      { report: { objects: 1, same: 1, records: 1 } },
      NO_CHATS,
    ]);
    expect(await reports(at, '--from', '2019-08-02')).toMatchObject([
      { report: { objects: 1, same: 1, records: 1 } },
      NO_CHATS,
    ]);
    expect(await reports(at, '--tenant', 'acme')).toMatchObject([{ report: { objects: 0, same: 2 } }, NO_CHATS]);
  });

  test('requeues quarantined records that now pass validation, of all endpoints or of one', async () => {
    const outcome = { code: 0, stdout: 'no open records in quarantine\n', stderr: '' };
    expect(await replay(dir, '--quarantine')).toEqual(outcome);
    expect(await replay(dir, '--quarantine', 'call')).toEqual(outcome);
    expect(JSON.parse((await replay(dir, '--quarantine', 'call', '--json')).stdout)).toEqual([
      { tenant: 'acme', endpoint: 'call', outcome: 'done', taken: 0, left: {}, gone: 0 },
    ]);
  });

  test('refuses a version of the rules that is not deployed and an unknown tenant', async () => {
    expect(await replay(dir, '--metrics-version', '999')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not 999: deploy the version you mean first'),
    });
    expect(await replay(dir, '--tenant', 'other')).toMatchObject({
      code: 1,
      stderr: 'ccaip: nothing was ingested of tenant other. There is acme\n',
    });
  });

  test('says that nothing was ingested', async () => {
    expect(await replay(join(folder.path, 'nothing'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing was ingested into'),
    });
  });

  test.each([
    [['--endpoint', 'team'], 'team has no facts. Only call, chat can be replayed'],
    [['--from', '2026-11-02', '--to', '2026-11-01'], '--from 2026-11-02 is later than --to 2026-11-01. Swap them'],
    [['--from', 'yesterday'], 'Give a date like 2026-11-02.'],
    [['--tenant', 'A B'], 'Give the name of a tenant'],
  ])('with the bad options %j exits with code 2 and a hint', async (args, sentence) => {
    const { code, stderr } = await replay(dir, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });
});
