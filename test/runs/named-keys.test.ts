import { afterAll, beforeAll, expect, it } from 'vitest';
import { replayOf } from '../replay/replay-world.ts';
import { askLake } from '../support/ask-lake.ts';
import type { Row } from '../support/fake-platform.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { call, World } from './run-world.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** The record with a key of that name, as `JSON.parse` gives it. */
const withKey = (record: Row, name: string): Row =>
  JSON.parse(JSON.stringify(record).replace('{', `{"${name}":{"a":1},`));

it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'calls with a key named %s are taken like any other, and so is what is inside them',
  async (name) => {
    const world = await World.create(stores);
    world.platform.rows('/calls').push(call(1, 90));
    await world.ingest('call');
    const row = withKey({ ...call(2, 60), participants: [withKey({ id: 20, type: 'agent', user_id: 5 }, name)] }, name);
    world.platform.rows('/calls').push(row);
    world.platform.rows('/agents').push(withKey({ id: 1 }, name));
    world.platform.rows('/teams/tree').push(withKey({ id: 1, children: [withKey({ id: 2 }, name)] }, name));
    for (const endpoint of ['call', 'call_participant', 'agent', 'team_tree'])
      expect(await world.ingest(endpoint)).toMatchObject({ outcome: 'done', quarantined: 0 });
    const [calls, participants, agents, teams, drift] = await askLake(world, [
      'SELECT id FROM call ORDER BY id',
      'SELECT count(*) AS rows FROM call_participant',
      'SELECT id FROM agent',
      'SELECT id, level FROM team_tree ORDER BY id',
      "SELECT path, what FROM drift WHERE endpoint = 'call' ORDER BY path",
    ]);
    expect([calls, participants, agents, teams]).toEqual([
      [{ id: 1 }, { id: 2 }],
      [{ rows: 3 }],
      [{ id: 1 }],
      [
        { id: 1, level: 0 },
        { id: 2, level: 1 },
      ],
    ]);
    expect(drift?.map(({ path }) => path)).toEqual(
      [name, `${name}.a`, `participants[].${name}`, `participants[].${name}.a`].sort(),
    );
    expect((await world.metrics()).map(({ talk_time }) => talk_time)).toEqual([300, 300]);
    const raw = (await world.objects('raw/call/')).flatMap(({ lines }) => lines);
    expect(raw.filter((line) => line.includes(`"${name}":{"a":1}`))).toHaveLength(1);
    expect(await replayOf(world)).toMatchObject({ outcome: 'done', report: { missing: 0, changed: 0 } });
  },
);
