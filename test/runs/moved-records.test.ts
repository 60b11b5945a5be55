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
    ['in another zone, with the same date', '2026-03-02T00:10:00.000Z', '2026-03-02T00:40:00.000+01:00'],
    ['by a minute within its day', '2026-03-02T00:10:00.000Z', '2026-03-02T00:11:00.000Z'],
  ])('%s, is one row of that day in every view and one item', async (_how, before, after) => {
    const world = await correct(before, after);
    const dt = new Date(after).toISOString().slice(0, 10);
    const old = new Date(before).toISOString().slice(0, 10);
    const views = ['call', 'call_segments', ...NESTED];
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

  it('twice is on its last day, and its history shows until when it was on another day', async () => {
    const world = await correct('2026-03-01T23:59:59.800Z', '2026-03-02T00:00:00.300Z');
    const [row = {}] = world.platform.rows('/calls');
    world.platform
      .rows('/calls')
      .splice(0, 1, { ...row, created_at: '2026-03-01T23:59:59.900Z', updated_at: '2026-03-02T12:30:00.000Z' });
    world.time.time += 3_600_000;
    await world.ingest('call');
    const [calls, segments, history] = await askLake(world, [
      'SELECT dt, created_at FROM call',
      'SELECT dt, created_at FROM call_segments',
      'SELECT dt, extracted_at, replaced_at FROM call_history ORDER BY extracted_at',
    ]);
    const now = [{ dt: '2026-03-01', created_at: '2026-03-01T23:59:59.900Z' }];
    expect([calls, segments]).toEqual([now, now]);
    expect(history?.map(({ dt }) => dt)).toEqual(['2026-03-01', '2026-03-02', '2026-03-01']);
    const [first, second, third] = history ?? [];
    expect([first?.replaced_at, second?.replaced_at, third?.replaced_at]).toEqual([
      second?.extracted_at,
      third?.extracted_at,
      null,
    ]);
  });
});

it('a chat and a status that move across midnight have one row each', async () => {
  const world = await World.create(stores);
  const move = async (endpoint: string, path: string, versions: readonly Row[]) => {
    for (const version of versions) {
      world.platform.rows(path).splice(0, 1, version);
      await world.ingest(endpoint);
      world.time.time += 300_000;
    }
  };
  const chat = { id: 3, created_at: '2026-03-01T23:59:59.000Z', updated_at: '2026-03-02T11:00:00.000Z' };
  await move('chat', '/chats', [
    chat,
    { ...chat, created_at: '2026-03-02T00:00:01.000Z', updated_at: '2026-03-02T11:30:00.000Z' },
  ]);
  const status = { id: 4, agent_id: 1, activity: 'login', ended_at: '2026-03-02T08:00:00.000Z' };
  await move('agent_status_history', '/agent_activity_logs', [
    { ...status, started_at: '2026-03-01T23:59:00.000Z' },
    { ...status, started_at: '2026-03-02T00:01:00.000Z' },
  ]);
  const answers = await askLake(world, ['SELECT id, dt FROM chat', 'SELECT id, dt FROM agent_status_history']);
  expect(answers).toEqual([[{ id: 3, dt: '2026-03-02' }], [{ id: 4, dt: '2026-03-02' }]]);
});

it('a record far from midnight has no line in another day', async () => {
  const world = await World.create(stores);
  world.calls(3);
  await world.ingest('call');
  expect([...new Set((await world.objects('raw/')).map(({ key }) => /dt=[\d-]+/.exec(key)?.[0]))]).toEqual([
    'dt=2026-03-02',
  ]);
});
