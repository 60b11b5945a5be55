import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREDENTIAL, ccaip, complaints, jsonFrom, type Outcome, printed, start, temporaryFolder } from './run-ccaip.ts';
import { SAMPLE_ROWS, samples, servePlainly } from './sample-platform.ts';

interface Result {
  readonly records: number;
  readonly batches: number;
  readonly objects: number;
  readonly requests: number;
  readonly quarantined: number;
  readonly from: string | null;
  readonly to: string | null;
}

const VIEWS = Object.keys(SAMPLE_ROWS);
const COUNTS = `SELECT ${VIEWS.map((view) => `(SELECT count(*) FROM ${view}) AS ${view}`).join(', ')}`;

const collections = samples();
let platform: Awaited<ReturnType<typeof servePlainly>>;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;
let first: Outcome;

const run = (...args: string[]) =>
  ccaip(
    ['run', ...args, '--base-url', platform.baseUrl, '--tenant', 'acme', '--since', '2018-01-01', '--rate', '500'],
    CREDENTIAL,
  );
const ask = async (sql: string, at = dir) =>
  jsonFrom<Record<string, unknown>[]>(await ccaip(['query', sql, '--dir', at, '--json']));

beforeAll(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'acme');
  platform = await servePlainly(collections);
  first = await run('--dir', dir, '--json');
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

describe('run against a platform that ignores every parameter', () => {
  test('prints exactly one JSON object, keyed by endpoint', () => {
    expect(first.code).toBe(0);
    const results = jsonFrom<Record<string, Result>>(first);
    expect(Object.keys(results).sort()).toEqual(VIEWS.toSorted());
    for (const result of Object.values(results))
      expect(Object.keys(result).sort()).toEqual(
        ['batches', 'from', 'objects', 'quarantined', 'records', 'requests', 'to', 'unreadable', 'warnings'].sort(),
      );
    expect(Object.fromEntries(Object.entries(results).map(([name, { records }]) => [name, records]))).toEqual(
      SAMPLE_ROWS,
    );
  });

  test('prints the range, batches and requests of a tail', () => {
    const { call, call_participant: participant } = jsonFrom<Record<string, Result>>(first);
    expect(call).toMatchObject({
      batches: 1,
      quarantined: 0,
      from: '2019-06-07T01:27:30.441Z',
      to: '2019-09-10T05:12:26.295Z',
    });
    expect(call?.requests).toBeGreaterThan(0);
    expect(call?.objects).toBeGreaterThan(0);
    expect(participant?.requests).toBe(0);
  });

  test('prints one line of progress for each endpoint on stderr and no credential', () => {
    for (const name of VIEWS) expect(first.stderr).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(first.stderr).not.toContain(CREDENTIAL.CCAIP_PASSWORD);
  });

  test('fills the view of every endpoint', async () => {
    expect(await ask(COUNTS)).toEqual([SAMPLE_ROWS]);
  });

  test('keeps the values that the platform sent', async () => {
    expect(await ask('SELECT id, agent_info_id, queue_id, queue_name, out_ticket_id FROM call ORDER BY id')).toEqual([
      { id: 397, agent_info_id: 1, queue_id: null, queue_name: null, out_ticket_id: null },
      { id: 519, agent_info_id: null, queue_id: 9, queue_name: 'Lock Star', out_ticket_id: '76517' },
    ]);
    expect(await ask('SELECT field, old_value, new_value FROM changed_detail')).toEqual([
      { field: 'status', old_value: 'queued', new_value: 'assigned' },
    ]);
    expect(await ask('SELECT call_id, family FROM call_segments ORDER BY 1')).toEqual([
      { call_id: 397, family: expect.any(String) },
      { call_id: 519, family: expect.any(String) },
    ]);
  });

  test('adds no row to any view when it runs again', async () => {
    const again = await run('--dir', dir);
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 0, stdout: '' });
    expect(await ask(COUNTS)).toEqual([SAMPLE_ROWS]);
    expect(await ask('SELECT count(*) AS n FROM call_segments')).toEqual([{ n: 2 }]);
  });

  test('runs only the named endpoints', async () => {
    const at = join(folder.path, 'menus');
    const before = platform.requests.length;
    const results = jsonFrom<Record<string, Result>>(await run('user_status', 'menu', '--dir', at, '--json'));
    expect(Object.keys(results).sort()).toEqual(['menu', 'user_status']);
    expect(new Set(platform.requests.slice(before))).toEqual(
      new Set(['/manager/api/v1/menus', '/manager/api/v1/user_statuses']),
    );
  });

  test('stops cleanly when interrupted, says so once, and continues on the next run', async () => {
    const at = join(folder.path, 'interrupted');
    const { asked, release } = platform.hold();
    const chosen = ['menu', 'user_status', 'user_info', '--base-url', platform.baseUrl, '--tenant', 'acme'];
    const child = start(['run', ...chosen, '--rate', '1', '--dir', at, '--json'], CREDENTIAL);
    const said = printed(child.stderr);
    const ended = Promise.all([text(child.stdout), said.all, once(child, 'close')]);
    await Promise.race([asked, ended]);
    child.kill('SIGINT');
    // it waits for a request until it receives the signal to stop
    await Promise.race([said.until('stopping at the next batch'), ended]);
    release();
    const [stdout, stderr, [code]] = await ended;
    expect(complaints({ code, stdout, stderr })).toEqual([
      // an endpoint that was writing its last batch has ended
      expect.stringMatching(/^stopped before it had caught up\. Run it again to continue \([23] endpoints\)$/),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('press Ctrl-C again to stop at once');
    expect(Object.keys(JSON.parse(stdout))).toEqual(['menu', 'user_status', 'user_info']);
    const again = await run('menu', 'user_status', 'user_info', '--dir', at, '--json');
    expect(again.code, again.stderr).toBe(0);
    // taken before the interruption or after it, and once
    const runs: Record<string, Result>[] = [JSON.parse(stdout), jsonFrom(again)];
    expect(runs.reduce((sum, { menu }) => sum + (menu?.records ?? 0), 0)).toBe(1);
  });

  test('quarantines a bad record with its reason and keeps the rest of its page', async () => {
    const at = join(folder.path, 'bad');
    const good = samples().get('/user_statuses') ?? [];
    collections.set('/user_statuses', [...good, { id: { not: 'an id' }, name: 'Broken' }]);
    const outcome = await run('user_status', '--dir', at, '--json');
    collections.set('/user_statuses', good);
    expect(outcome.code).toBe(0);
    expect(jsonFrom<Record<string, Result>>(outcome).user_status).toMatchObject({ records: 2, quarantined: 1 });
    expect(await ask('SELECT id FROM user_status ORDER BY id', at)).toEqual([{ id: -7 }, { id: 0 }]);
    const [row, ...others] = await ask('SELECT endpoint, reason, record FROM quarantine', at);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ endpoint: 'user_status', reason: expect.stringContaining('id') });
    expect(JSON.stringify(row?.record)).toContain('Broken');
  });
});
