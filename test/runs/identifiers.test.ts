import { describe, expect, it } from 'vitest';
import { parseRecordId } from '../../catalog/record-id.ts';
import { parseJson } from '../../lambdas/common/json.ts';
import { getCallMetrics } from '../../packages/reader/reader.ts';
import { replayOf } from '../replay/replay-world.ts';
import { askLake } from '../support/ask-lake.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { call, World } from './run-world.ts';

/** Two versions of a call, its id written as the texts say, each read by a run. */
async function readTwice(first: string, second: string) {
  const world = await World.create(memoryStores());
  for (const [index, id] of [first, second].entries()) {
    const updated_at = `2026-03-02T11:0${index}:00.000Z`;
    const text = JSON.stringify(call(1, 60, { id: 0, status: index === 0 ? 'connected' : 'finished', updated_at }));
    world.platform.answer = () => ({ body: `[${text.replace('"id":0', `"id":${id}`)}]`, headers: {} });
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 1, quarantined: 0 });
    world.time.time += 300_000;
  }
  for (const endpoint of ['call_participant', 'user_info']) await world.ingest(endpoint);
  return world;
}

describe('the identifier of a call', () => {
  it.each([
    ['7', '"7"', '7'],
    ['"7"', '7', '7'],
    ['7', '7.0', '7'],
    ['"9007199254740993"', '9007199254740993', '9007199254740993'],
    ['9007199254740993', '9007199254740993', '9007199254740993'],
    ['-5', '"-5"', '-5'],
  ])('sent as %s, then as %s, is %s in every view and in the table', async (first, second, id) => {
    const world = await readTwice(first, second);
    const [calls, segments, participants, users] = await askLake(world, [
      'SELECT CAST(id AS varchar) AS id, status FROM call',
      'SELECT CAST(call_id AS varchar) AS id, status FROM call_segments',
      'SELECT DISTINCT CAST(parent_id AS varchar) AS id, count(*) AS rows FROM call_participant GROUP BY parent_id',
      "SELECT CAST(parent_id AS varchar) AS id FROM user_info WHERE parent_type = 'call'",
    ]);
    expect([calls, segments]).toEqual([[{ id, status: 'finished' }], [{ id, status: 'finished' }]]);
    expect([participants, users]).toEqual([[{ id, rows: 2 }], [{ id }]]);
    expect(await world.metrics()).toEqual([expect.objectContaining({ call_key: `acme#${id}`, status: 'finished' })]);
    const metrics = { client: world.aws.dynamodb, table: world.environment.METRICS_TABLE };
    expect(await getCallMetrics(metrics, 'acme', id)).toMatchObject({ status: 'finished' });
    const raw = (await world.objects('raw/call/')).flatMap(({ lines }) => lines);
    expect(raw.map((line) => line.startsWith(`{"id":${first},`) || line.startsWith(`{"id":${second},`))).toEqual([
      true,
      true,
    ]);
    expect(await replayOf(world)).toMatchObject({ outcome: 'done', report: { missing: 0, changed: 0 } });
  });

  it('distinguishes two calls that differ in a digit beyond 2^53', async () => {
    const world = await World.create(memoryStores());
    const text = (id: string) => JSON.stringify(call(1, 60, { id: 0 })).replace('"id":0', `"id":${id}`);
    world.platform.answer = () => ({ body: `[${text('9007199254740992')},${text('9007199254740993')}]`, headers: {} });
    expect(await world.ingest('call')).toMatchObject({ records: 2 });
    const [calls] = await askLake(world, ['SELECT CAST(id AS varchar) AS id FROM call ORDER BY 1']);
    expect(calls).toEqual([{ id: '9007199254740992' }, { id: '9007199254740993' }]);
    expect((await world.metrics()).map(({ call_key }) => call_key).sort()).toEqual([
      'acme#9007199254740992',
      'acme#9007199254740993',
    ]);
  });
});

it('an identifier is an integer that a bigint can hold, as JSON writes one', () => {
  const accepted = ['0', '7', '-5', '"7"', '"0"', '9007199254740993', '"-9223372036854775808"', '9223372036854775807'];
  for (const text of accepted)
    expect([text, String(parseRecordId(parseJson(text)))]).toEqual([text, text.replaceAll('"', '')]);
  const refused = [
    '1.5',
    '"1.5"',
    '"007"',
    '"-0"',
    '"+7"',
    '" 7"',
    '"7e0"',
    '""',
    '"x"',
    'null',
    'true',
    '[7]',
    '{"rawJSON":"7"}',
  ];
  for (const text of [...refused, '9223372036854775808', '"9223372036854775808"', '"1e3"'])
    expect([text, parseRecordId(parseJson(text))]).toEqual([text, null]);
});

it('a call of years ago and one of a year ahead are in the views, and days that Athena does not read are named', async () => {
  const world = await World.create(memoryStores());
  const created = [
    '2021-05-01T10:00:00.000Z',
    '2026-03-04T10:00:00.000Z',
    '1995-01-01T10:00:00.000Z',
    '2099-01-01T10:00:00.000Z',
  ];
  const rows = created.map((created_at, index) => call(index + 1, 60 + index, { created_at }));
  world.platform.rows('/calls').push(...rows);
  expect(await world.ingest('call')).toMatchObject({ records: 4, quarantined: 0 });
  const [calls, segments, drift] = await askLake(world, [
    'SELECT id, dt FROM call ORDER BY id',
    'SELECT call_id AS id, dt FROM call_segments ORDER BY call_id',
    "SELECT path, example FROM drift WHERE what = 'far_day' ORDER BY example",
  ]);
  const expected = created.map((time, index) => ({ id: index + 1, dt: time.slice(0, 10) }));
  expect([calls, segments]).toEqual([expected, expected]);
  expect(drift).toEqual([
    { path: 'created_at', example: '1995-01-01' },
    { path: 'created_at', example: '2099-01-01' },
  ]);
});
