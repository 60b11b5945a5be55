import { afterAll, beforeAll, expect, it } from 'vitest';
import { replayOf } from '../replay/replay-world.ts';
import { askLake } from '../support/ask-lake.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { call, sent, World } from './run-world.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** A call that has keys twice: a text, an object, and a key inside a participant. */
const RECORD = JSON.stringify(call(1, 60))
  .replace('"status":"finished"', '"status":"queued","status":"finished"')
  .replace('"selected_menu":', '"selected_menu":{"id":8,"name":"Old"},"selected_menu":')
  .replace('"type":"agent"', '"type":"supervisor","type":"agent"');

it('a repeated key has its last value in the raw line, all views, the metrics table and a replay', async () => {
  const world = await World.create(stores);
  world.platform.answer = () => ({ body: `[${RECORD}]`, headers: {} });
  expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 1, quarantined: 0 });
  await world.ingest('call_participant');
  const [raw] = await world.objects('raw/call/');
  const { _original, ...line } = sent(raw?.records[0] ?? {});
  expect(line).toEqual(JSON.parse(RECORD));
  expect(_original).toBe(RECORD);
  expect(raw?.lines[0]?.match(/[^\\]"status":/g)).toHaveLength(1);

  const [calls, histories, segments, participants, drift] = await askLake(world, [
    'SELECT status, CAST(queue_id AS integer) AS queue, queue_name FROM call',
    'SELECT status FROM call_history',
    'SELECT status, CAST(queue_id AS integer) AS queue FROM call_segments',
    'SELECT type FROM call_participant ORDER BY id',
    "SELECT path, example FROM drift WHERE what = 'repeated_key' ORDER BY path",
  ]);
  expect(calls).toEqual([{ status: 'finished', queue: 9, queue_name: 'Sales' }]);
  expect(histories).toEqual([{ status: 'finished' }]);
  expect(segments).toEqual([{ status: 'finished', queue: 9 }]);
  expect(participants).toEqual([{ type: 'agent' }, { type: 'end_user' }]);
  expect(drift).toEqual(
    ['participants[].type', 'selected_menu', 'status'].map((path) => ({ path, example: 'object' })),
  );
  expect(await world.metrics()).toEqual([expect.objectContaining({ status: 'finished', queue_id: 9 })]);
  expect(await replayOf(world)).toMatchObject({ outcome: 'done', report: { missing: 0, changed: 0 } });
});

it('a record in quarantine that repeats a key has the last value there, and the text that the API wrote', async () => {
  const world = await World.create(stores);
  const bad =
    '{"id":"x","note":"old","note":"new","updated_at":"2026-03-02T11:00:00Z","created_at":"2026-03-02T11:00:00Z"}';
  world.platform.answer = () => ({ body: `[${RECORD},${bad}]`, headers: {} });
  expect(await world.ingest('call')).toMatchObject({ records: 1, quarantined: 1 });
  const [rows] = await askLake(world, [
    "SELECT json_extract_scalar(record, '$.note') AS note, json_extract_scalar(record, '$._original') AS original FROM quarantine",
  ]);
  expect(rows).toEqual([{ note: 'new', original: bad }]);
});

it('a key of ingestion that the platform sends neither hides nor moves a record', async () => {
  const world = await World.create(stores);
  const own = {
    _none: true,
    _batch: '0',
    _extracted_at: '2020-01-01T00:00:00Z',
    _moved_to: '2020-01-01',
    _original: 'x',
  };
  world.calls(1, own);
  expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 1 });
  const [calls, drift] = await askLake(world, [
    'SELECT id, batch FROM call',
    "SELECT path FROM drift WHERE what = 'repeated_key' ORDER BY path",
  ]);
  expect(calls).toMatchObject([{ batch: '0000000001' }]);
  expect(drift).toEqual(
    Object.keys(own)
      .sort()
      .map((path) => ({ path })),
  );
});

it('a team tree that repeats a key has one value in all its rows, and that is journalled', async () => {
  const world = await World.create(stores);
  world.platform.answer = () => ({
    body: '[{"id":1,"name":"Old","name":"All","children":[{"id":2,"name":"x","name":"Sub","children":[]}]}]',
    headers: {},
  });
  await world.ingest('team_tree');
  const [teams, drift] = await askLake(world, [
    'SELECT name FROM team_tree ORDER BY id',
    "SELECT path FROM drift WHERE what = 'repeated_key' ORDER BY path",
  ]);
  expect(teams).toEqual([{ name: 'All' }, { name: 'Sub' }]);
  expect(drift).toEqual([{ path: 'children[].name' }, { path: 'name' }]);
});
