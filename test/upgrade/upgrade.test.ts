import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { replayOf } from '../replay/replay-world.ts';
import { call, NOW, type World } from '../runs/run-world.ts';
import type { Row } from '../support/fake-platform.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { endpointsOf, inherit, livePast, type Release } from './past-life.ts';

const FOLDER = new URL('./releases/', import.meta.url);
const RELEASES = readdirSync(FOLDER).map((file) => ({
  version: file.replace('.json', ''),
  read: (): Release => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
}));

/** A release without what depends on the compression of the machine. */
const comparable = (release: Release) =>
  JSON.parse(
    JSON.stringify(release, (key, value) => {
      if (key === 'bytes') return 0;
      return key === 'schema' ? gunzipSync(Buffer.from(value, 'base64')).toString() : value;
    }),
  );

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id).sort();

/** Raw records of an endpoint that committed batches name. */
async function committed(world: World, endpoint: string): Promise<Row[]> {
  const keys = new Set((await world.ledger(endpoint)).flatMap(({ objects }) => objects.map(({ key }) => key)));
  const objects = await world.objects(`raw/${endpoint}/`);
  return objects.filter(({ key }) => keys.has(key)).flatMap(({ records }) => records);
}

it('knows the state of this release', () => {
  expect(RELEASES.map(({ version }) => version)).toContain(packageJson.version);
});

it('matches the state that the code of this release writes: a changed format needs a new version, and `npm run release:state`', async () => {
  const own = RELEASES.find(({ version }) => version === packageJson.version);
  const release = own?.read();
  if (release === undefined) throw new Error(`no state of ${packageJson.version}`);
  expect(comparable(await livePast(stores, endpointsOf(release)))).toEqual(comparable(release));
});

describe.each(RELEASES)('the state of release $version', ({ read }) => {
  it.each(endpointsOf(read()).map(({ name }) => name))(
    'is read on by %s: nothing new, nothing written',
    async (name) => {
      const world = await inherit(stores, read());
      const before = await world.ledger(name);
      const failedBefore = name === 'chat';
      const { outcome, records } = await world.ingest(name);
      expect(outcome).toBe('done');
      // what a failed run may have written is taken again
      if (failedBefore) expect(records).toBeLessThanOrEqual(1);
      else expect([records, await world.ledger(name)]).toEqual([0, before]);
    },
  );

  it('loses and repeats no call, whether it is new, changed or was in the look-back', async () => {
    const world = await inherit(stores, read());
    const rows = world.platform.rows('/calls');
    const known = await committed(world, 'call');
    const fresh = [call(910, -30), call(911, -45)];
    const changed = {
      ...rows.find(({ id }) => id === 902),
      status: 'changed',
      updated_at: new Date(world.time.time - 120_000).toISOString(),
    };
    rows.splice(
      rows.findIndex(({ id }) => id === 902),
      1,
      changed,
    );
    rows.push(...fresh);
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 3 });
    expect(idsOf(await committed(world, 'call'))).toEqual(idsOf([...known, ...fresh, changed]));
    expect((await world.ledger('call')).map(({ seq }) => seq)).toEqual(
      Array.from({ length: (await world.ledger('call')).length }, (_, i) => i + 1),
    );
    expect((await world.metrics()).filter(({ call_id }) => call_id === 910 || call_id === 902)).toMatchObject([
      { status: expect.any(String) },
      { status: expect.any(String) },
    ]);
    expect(await world.ingest('call')).toMatchObject({ records: 0 });
  });

  it('has open statuses that are still read again until they are closed', async () => {
    const world = await inherit(stores, read());
    const open = world.platform.rows('/agent_activity_logs').find(({ ended_at }) => ended_at === null);
    if (open === undefined) throw new Error('the release left no open status');
    open.ended_at = new Date(world.time.time - 300_000).toISOString();
    expect(await world.ingest('agent_status_history')).toMatchObject({ outcome: 'done', records: 1 });
    expect(await world.ingest('agent_status_history')).toMatchObject({ records: 0 });
  });

  it('accepts a backfill and a replay', async () => {
    const world = await inherit(stores, read());
    world.platform.rows('/calls').push(call(920, 20 * 24 * 60));
    const day = 24 * 3_600_000;
    const from = new Date(Date.parse(NOW) - 21 * day).toISOString();
    const to = new Date(Date.parse(NOW) - 19 * day).toISOString();
    expect(await world.ingest('call', { range: { from, to } })).toMatchObject({ outcome: 'done' });
    const replayed = await replayOf(world, { dryRun: true });
    expect(replayed).toMatchObject({ outcome: 'done', report: { missing: 0, changed: 0 } });
    expect(idsOf(await committed(world, 'call'))).toContain(920);
  });
});
