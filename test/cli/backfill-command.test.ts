import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ccaip, complaints, jsonFrom, temporaryFolder } from './run-ccaip.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let dir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  dir = join(folder.path, 'centre');
  const options = ['--seats', '4', '--days', '3', '--start', '2026-11-02', '--since', '2026-11-04'];
  const { code, stderr } = await ccaip(['run', 'call', ...options, '--dir', dir]);
  expect(code, stderr).toBe(0);
});
afterAll(() => folder.remove());

const backfill = (...args: string[]) => ccaip(['backfill', '--dir', dir, ...args]);
const calls = async () => {
  const sql = 'SELECT count(*) AS n, count(DISTINCT id) AS ids FROM call';
  return jsonFrom<{ n: number; ids: number }[]>(await ccaip(['query', sql, '--dir', dir, '--json']))[0];
};

describe('a backfill', () => {
  const range = ['--endpoint', 'call', '--from', '2026-11-02', '--to', '2026-11-04', '--slice-hours', '12'];

  test('reads the days before the start of history once and does nothing when repeated', async () => {
    const before = await calls();
    const outcome = await backfill(...range, '--json');
    expect(outcome.code, outcome.stderr).toBe(0);
    const note = jsonFrom<{ slices: number; done: string[]; records: number }>(outcome);
    expect(note).toMatchObject({ slices: 4, state: 'done', upTo: '2026-11-04T00:00:00.000Z' });
    expect(note.done.toSorted()).toEqual([
      '2026-11-02T00:00:00.000Z',
      '2026-11-02T12:00:00.000Z',
      '2026-11-03T00:00:00.000Z',
      '2026-11-03T12:00:00.000Z',
    ]);
    expect(note.records).toBeGreaterThan(0);
    const after = await calls();
    expect(after?.ids).toBeGreaterThan(before?.ids ?? 0);
    expect(after?.n).toBe(after?.ids);
    expect(jsonFrom(await backfill(...range, '--json'))).toEqual(note);
    expect((await backfill('--status')).stdout).toMatch(/│ done +│ 4 of 4 +│.*[\s\S]*2026-11-04T00:00:00.000Z │ +│/);
    expect(jsonFrom(await backfill('--status', '--json'))).toEqual([note]);
  });

  test('reads everything again with --again and adds no duplicates to the view', async () => {
    const first = jsonFrom<{ records: number }>(await backfill(...range, '--json'));
    const again = await backfill(...range, '--again', '--json');
    expect(jsonFrom(again)).toEqual(first);
    expect(again.stderr).toContain('4 of 4 slices');
    const shown = await calls();
    expect(shown?.n).toBe(shown?.ids);
  });

  test('reports what it leaves to live runs', async () => {
    const late = ['--endpoint', 'call', '--from', '2026-11-03', '--to', '2026-11-10', '--slice-hours', '48', '--json'];
    const { stderr, ...outcome } = await backfill(...late);
    const { leftToLiveFrom, upTo, done } = jsonFrom<Record<string, string>>({ stderr, ...outcome });
    expect(stderr).toContain(`live runs read everything that changed from ${leftToLiveFrom} on`);
    expect(upTo).toBe(leftToLiveFrom);
    expect(done).toHaveLength(4);
  });

  test.each([
    [['--endpoint', 'agent', '--from', '30d', '--to', '1d'], /agent is a snapshot/],
    [['--endpoint', 'photo', '--from', '30d', '--to', '1d'], /backfill call, chat/],
    [
      ['--endpoint', 'calls', '--from', '30d', '--to', '1d'],
      /there is no endpoint "calls"\. .* agent_status_history, call, chat/,
    ],
    [['--endpoint', 'call', '--from', '2026-11-02', '--to', '2026-11-01'], /--from must be before --to/],
    [
      ['--endpoint', 'call', '--from', '2020-01-01', '--to', '2026-01-01', '--slice-hours', '1'],
      /take slices of \d+ h/,
    ],
    [['--endpoint', 'call'], /Give --from and --to/],
    [['--endpoint', 'call', '--from', '30d', '--to', '1d', '--no-wait'], /--no-wait needs a deployment/],
  ])('with the bad options %j says what to give instead', async (args, message) => {
    const outcome = await backfill(...args);
    expect(outcome.code).toBe(2);
    expect(complaints(outcome).join()).toMatch(message);
  });
});
