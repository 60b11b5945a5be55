import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsClients } from '../../lambdas/aws/aws-clients.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { readClientSettings } from '../../local/aws/client-settings.ts';
import { closeClients } from '../../local/aws/close-clients.ts';
import { startLocalAws } from '../../local/aws/local-aws.ts';
import { commandLine } from '../support/command-line.ts';
import { CREDENTIAL, ccaip, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: Awaited<ReturnType<typeof servePlainly>>;
let dir: string;
let ingest: (at: string) => ReturnType<typeof ccaip>;

beforeAll(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'acme');
  const collections = samples();
  platform = await servePlainly(collections);
  const target = ['--base-url', platform.baseUrl, '--tenant', 'acme', '--since', '2018-01-01', '--rate', '500'];
  ingest = (at) => ccaip(['run', 'call', 'call_participant', '--dir', at, ...target], CREDENTIAL);
  await ingest(dir);
  // a second batch: one is what a first run leaves that died
  const calls = collections.get('/calls') ?? [];
  collections.set('/calls', [
    ...calls.slice(0, -1),
    { ...calls.at(-1), rating: 4, updated_at: '2020-01-01T00:00:00.000Z' },
  ]);
  await ingest(dir);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const rebuild = (at: string, ...args: string[]) => commandLine(['rebuild', '--dir', at, ...args]);
const ask = async (at: string, sql: string) =>
  JSON.parse((await commandLine(['query', sql, '--dir', at, '--json'])).stdout);

/** A copy of the folder without its tables. */
async function lost(name: string): Promise<string> {
  const at = join(folder.path, name);
  await cp(dir, at, { recursive: true });
  await rm(join(at, 'dynamodb'), { recursive: true });
  return at;
}

describe('rebuild', () => {
  test('refuses to replace what is there, and names the options', async () => {
    expect(await rebuild(dir)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^ccaip: the state table is not empty: it has \d+ batch(es)? of acme call, and batches of 1 other endpoint\. A rebuild would replace ledger and position of these\. To do that, use --force\. To write only missing metrics, use ccaip replay\n$/,
      ),
    });
  });

  test('says in a dry run what it would write and what the lake does not contain, and writes nothing', async () => {
    const at = await lost('dry');
    const { code, stdout } = await rebuild(at, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ acme +│ call +│ +2 │/);
    expect(stdout).toContain('This would write ledger, position, day index and inferred schema of each endpoint');
    expect(stdout).toContain('Not in the lake, so not rebuilt:\n- the history of runs');
    expect((await commandLine(['status', '--dir', at])).stdout).toContain('nothing was ingested');
    const { endpoints } = JSON.parse((await rebuild(at, '--dry-run', '--json')).stdout);
    expect(endpoints).toHaveLength(15);
  });

  test('writes both tables again after they were lost: runs continue, answers stay the same', async () => {
    const at = await lost('lost');
    const sql = 'select id, status from call order by id';
    const [rows, before] = [
      await ask(dir, sql),
      JSON.parse((await commandLine(['status', '--dir', dir, '--json'])).stdout),
    ];
    expect(await ingest(at)).toMatchObject({ code: 1, stderr: expect.stringContaining('run "ccaip rebuild"') });
    const outcome = await rebuild(at);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toMatch(/acme call: 2 items written \(2 missing, 0 different\), 0 equal/);
    expect(outcome.stderr).toMatch(/acme call +4 records in \d+ objects/);
    const after = JSON.parse((await commandLine(['status', '--dir', at, '--json'])).stdout);
    const keep = ({ tenant, endpoint, seq, records }: Record<string, unknown>) => ({ tenant, endpoint, seq, records });
    expect(after.map(keep)).toEqual(before.map(keep));
    expect(await ingest(at)).toMatchObject({ code: 0 });
    expect(await ask(at, sql)).toEqual(rows);
    expect(JSON.parse((await commandLine(['replay', '--dir', at, '--json'])).stdout)).toMatchObject([
      { endpoint: 'call', report: { missing: 0, changed: 0, same: 2 } },
      { endpoint: 'chat' },
    ]);
  });

  test('continues after an interruption; until then a run says what to do', async () => {
    const at = await lost('interrupted');
    const { environment, close } = await startLocalAws(at, { secrets: {} });
    const aws = createAwsClients(readClientSettings(environment));
    await new CheckpointStore(aws.dynamodb, environment.STATE_TABLE, 'acme', 'call', Date.now).close();
    await closeClients(aws);
    await close();
    expect(await ingest(at)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('call: its rebuild was interrupted. Run ccaip rebuild again, which continues it'),
    });
    expect((await rebuild(at)).code).toBe(0);
    expect((await ingest(at)).code).toBe(0);
  });

  test('rebuilds one endpoint of one tenant with --force, and refuses an unknown tenant', async () => {
    const { code, stdout } = await rebuild(
      dir,
      '--force',
      '--endpoint',
      'call_participant',
      '--tenant',
      'acme',
      '--json',
    );
    expect({ code, found: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      found: { endpoints: [{ tenant: 'acme', endpoint: 'call_participant', outcome: 'done' }], replays: [] },
    });
    expect(await rebuild(dir, '--tenant', 'other')).toMatchObject({
      code: 1,
      stderr: 'ccaip: there is no tenant other. There is acme\n',
    });
  });
});
