import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askLake } from '../support/ask-lake.ts';
import type { Row } from '../support/fake-platform.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { call, World } from './run-world.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

const NESTED = ['call_participant', 'user_info', 'changed_detail'];

/** Ingests a call, then the same call with a corrected start. */
async function correct(before: string, after: string) {
  const world = await World.create(stores);
  const row = call(7, 60, {
    created_at: before,
    agent_info: { id: 5, name: 'Sam' },
    changed_details: [{ field: 'x' }],
  });
  world.platform.rows('/calls').push(row);
  const ingestAll = async () => {
    for (const endpoint of ['call', ...NESTED]) await world.ingest(endpoint);
  };
  await ingestAll();
  const corrected = { ...row, created_at: after, updated_at: '2026-03-02T11:30:00.000Z' };
  world.platform.rows('/calls').splice(0, 1, corrected);
  world.time.time += 3_600_000;
  await ingestAll();
  return world;
}

describe('a call whose start is corrected', () => {
  it.each([
    ['by half a second, into the next day', '2026-03-01T23:59:59.800Z', '2026-03-02T00:00:00.300Z'],
    ['by half a second, into the day before', '2026-03-02T00:00:00.300Z', '2026-03-01T23:59:59.800Z'],
    ['by an hour, into the next day', '2026-03-01T23:10:00.000Z', '2026-03-02T00:10:00Z'],
    ['by hours, to shortly before midnight', '2026-03-02T08:10:00.000Z', '2026-03-01T22:10:00.000Z'],
    ['by six days, into the future', '2026-03-02T08:10:00.000Z', '2026-03-08T08:10:00.000Z'],
    ['by a month, into the past', '2026-03-02T08:10:00.000Z', '2026-01-31T12:00:00.000Z'],
    ['by half a day, into the day before', '2026-03-02T08:10:00.000Z', '2026-03-01T20:10:00.000Z'],
    ['in another zone, with the same date', '2026-03-02T00:10:00.000Z', '2026-03-02T00:40:00.000+01:00'],
    ['by a minute within its day', '2026-03-02T00:10:00.000Z', '2026-03-02T00:11:00.000Z'],
  ])('%s, is one row of that day in every view and one item', async (_how, before, after) => {
    const world = await correct(before, after);
    const dt = new Date(after).toISOString().slice(0, 10);
    const old = new Date(before).toISOString().slice(0, 10);
    const views = ['call', 'call_segments', 'session_outcome', 'queue_visit', 'agent_leg', ...NESTED];
    const all = await askLake(
      world,
      views.flatMap((view) => [
        `SELECT dt FROM ${view}`,
        `SELECT count(*) AS rows FROM ${view} WHERE dt = '${dt}'`,
        `SELECT count(*) AS rows FROM ${view} WHERE dt = '${old}'`,
      ]),
    );
    // two participants, one of everything else
    const rowsOf = (view: string) => (view === 'call_participant' ? 2 : 1);
    const expected = views.flatMap((view) => [
      Array.from({ length: rowsOf(view) }, () => ({ dt })),
      [{ rows: rowsOf(view) }],
      [{ rows: dt === old ? rowsOf(view) : 0 }],
    ]);
    expect(all).toEqual(expected);
    expect(await world.metrics()).toEqual([
      expect.objectContaining({ created_at: new Date(after).toISOString(), day_key: `acme#${dt}#7` }),
    ]);
  });

  it.each([
    ['back', '2026-03-01T23:59:59.900Z'],
    ['back from days away', '2026-03-01T09:00:00.000Z', '2026-02-20T09:00:00.000Z'],
    ['to a third day', '2026-03-06T09:00:00.000Z', '2026-02-20T09:00:00.000Z'],
  ])(
    'twice, %s, is on its last day, and its history shows until when it was on another day',
    async (_how, last, middle = '2026-03-02T00:00:00.300Z') => {
      const world = await correct('2026-03-01T23:59:59.800Z', middle);
      const [row = {}] = world.platform.rows('/calls');
      world.platform.rows('/calls').splice(0, 1, { ...row, created_at: last, updated_at: '2026-03-02T12:30:00.000Z' });
      world.time.time += 3_600_000;
      await world.ingest('call');
      const [calls, segments, history] = await askLake(world, [
        'SELECT dt, created_at FROM call',
        'SELECT dt, created_at FROM call_segments',
        'SELECT dt, extracted_at, replaced_at FROM call_history ORDER BY extracted_at',
      ]);
      const now = [{ dt: last.slice(0, 10), created_at: last }];
      expect([calls, segments]).toEqual([now, now]);
      expect(history?.map(({ dt }) => dt)).toEqual(['2026-03-01', middle.slice(0, 10), last.slice(0, 10)]);
      expect(await world.metrics()).toMatchObject([{ created_at: last, day_key: `acme#${last.slice(0, 10)}#7` }]);
      const [first, second, third] = history ?? [];
      expect([first?.replaced_at, second?.replaced_at, third?.replaced_at]).toEqual([
        second?.extracted_at,
        third?.extracted_at,
        null,
      ]);
    },
  );
});

it.each([
  ['across midnight', '2026-03-01T23:59:59.000Z', '2026-03-02T00:00:01.000Z'],
  ['by nine days', '2026-02-21T10:00:00.000Z', '2026-03-02T10:00:00.000Z'],
])('a chat and a status that move %s have one row each', async (_how, before, after) => {
  const world = await World.create(stores);
  const move = async (endpoint: string, path: string, versions: readonly Row[]) => {
    for (const version of versions) {
      world.platform.rows(path).splice(0, 1, version);
      await world.ingest(endpoint);
      world.time.time += 300_000;
    }
  };
  const chat = { id: 3, created_at: before, updated_at: '2026-03-02T11:00:00.000Z' };
  await move('chat', '/chats', [chat, { ...chat, created_at: after, updated_at: '2026-03-02T11:30:00.000Z' }]);
  const status = { id: 4, agent_id: 1, activity: 'login', ended_at: '2026-03-02T08:00:00.000Z' };
  await move('agent_status_history', '/agent_activity_logs', [
    { ...status, started_at: before },
    { ...status, started_at: after },
  ]);
  const answers = await askLake(world, [
    'SELECT id, dt FROM chat',
    'SELECT session_id AS id, dt FROM session_outcome',
    'SELECT id, dt FROM agent_status_history',
  ]);
  expect(answers).toEqual([
    [{ id: 3, dt: '2026-03-02' }],
    [{ id: 3, dt: '2026-03-02' }],
    [{ id: 4, dt: '2026-03-02' }],
  ]);
});

it('a call that was moved while a backfill had read it, but not yet written, is one row of its new day', async () => {
  const world = await World.create(stores);
  world.tenant = { ...world.tenant, historyStart: '2026-03-01T00:00:00.000Z' };
  const row = call(7, 60, { created_at: '2026-02-20T10:00:00.000Z', updated_at: '2026-02-20T10:10:00.000Z' });
  world.platform.rows('/calls').push(row);
  const range = { from: '2026-02-20T00:00:00.000Z', to: '2026-02-21T00:00:00.000Z' };
  const fetch: typeof world.platform.fetch = async (...request) => {
    const answer = await world.platform.fetch(...request);
    if (row.created_at !== '2026-02-20T10:00:00.000Z') return answer;
    Object.assign(row, { created_at: '2026-02-25T10:00:00.000Z', updated_at: '2026-03-02T11:00:00.000Z' });
    expect(await world.ingest('call')).toMatchObject({ records: 1 });
    return answer;
  };
  const summary = await world.ingest('call', { range, effects: world.time.effects({ fetch }) });
  expect(summary).toMatchObject({ outcome: 'done', records: 1 });
  const answers = await askLake(world, ['SELECT dt FROM call', 'SELECT dt FROM call_segments']);
  expect(answers).toEqual([[{ dt: '2026-02-25' }], [{ dt: '2026-02-25' }]]);
  expect((await world.ledger('call')).map(({ range: of }) => of)).toEqual([undefined, range]);
  expect(await world.metrics()).toMatchObject([{ created_at: '2026-02-25T10:00:00.000Z' }]);
});

it('a record that stays in its day has no line in another one, near midnight either', async () => {
  const world = await World.create(stores);
  const rows = world.calls(3, { created_at: '2026-03-02T00:00:01.000Z' });
  await world.ingest('call');
  world.time.time += 300_000;
  for (const row of rows) Object.assign(row, { status: 'failed', updated_at: '2026-03-02T12:00:00.000Z' });
  await world.ingest('call');
  expect([...new Set((await world.objects('raw/')).map(({ key }) => /dt=[\d-]+/.exec(key)?.[0]))]).toEqual([
    'dt=2026-03-02',
  ]);
});
