import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { ingestEventSchema } from '../../lambdas/runs/ingest-event.ts';
import { METRICS_VERSION } from '../../lambdas/segments/metric-results.ts';
import { parseConfiguration } from '../../lib/configuration/configuration.ts';
import { createTenantInput } from '../../lib/configuration/tenant-configuration.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { ACME } from '../lib/sample-configuration.ts';
import { ask, replayOf } from '../replay/replay-world.ts';
import { call, NOW, type World } from '../runs/run-world.ts';
import type { Row } from '../support/fake-platform.ts';
import { itemsOf, type Stores, startStores } from '../support/test-stores.ts';
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

describe.each(RELEASES)('the state of release $version', ({ version, read }) => {
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
    expect(await replayOf(world, { dryRun: true })).toMatchObject({ outcome: 'done', report: { missing: 0 } });
    // a newer release may compute more. Afterwards nothing differs
    if (version !== packageJson.version) await replayOf(world);
    expect(await replayOf(world, { dryRun: true })).toMatchObject({ report: { missing: 0, changed: 0 } });
    expect(idsOf(await committed(world, 'call'))).toContain(920);
  });

  it('has facts of every call and chat after a replay', async () => {
    const world = await inherit(stores, read());
    for (const name of ['call', 'chat']) await replayOf(world, {}, { endpoint: findEndpoint(name) as Endpoint });
    for (const name of ['call', 'chat']) {
      const records = await ask(world, `SELECT id FROM ${name} ORDER BY id`);
      const facts = `FROM session_outcome WHERE channel = '${name}' AND outcome IS NOT NULL`;
      expect(records).not.toEqual([]);
      expect(await ask(world, `SELECT session_id AS id ${facts} ORDER BY session_id`)).toEqual(records);
    }
    const versions = await ask(world, 'SELECT DISTINCT metrics_version FROM call_segments');
    expect(versions).toEqual([{ metrics_version: METRICS_VERSION }]);
  });
});

const kindOf = ({ sk }: Row) => String(sk).split('#')[0] ?? '';

/** Kinds of stored items with their formats, e.g. `checkpoint 1`. */
const formatsOf = ({ state }: Release) => new Set(state.map((item) => `${kindOf(item)} ${item.formatVersion}`));

describe('a rollback', () => {
  it.each(RELEASES.slice(0, -1))('to release $version finds only formats that it reads', ({ read }) => {
    const newest = RELEASES.find(({ version }) => version === packageJson.version)?.read();
    // a release asks for its own kinds of items only
    const kinds = new Set(read().state.map(kindOf));
    const state = newest?.state.filter((item) => kinds.has(kindOf(item))) ?? [];
    expect(state.map(kindOf)).toContain('checkpoint');
    expect([...formatsOf({ ...read(), state })].filter((format) => !formatsOf(read()).has(format))).toEqual([]);
  });

  it.each(['call', 'chat', 'agent', 'call_participant'])(
    'that finds state of %s in a newer format is refused with what to do, and changes nothing',
    async (endpoint) => {
      const release = RELEASES.at(-1)?.read();
      if (release === undefined) throw new Error('no release');
      const newer = release.state.map((item) => (item.pk === 'acme' ? item : { ...item, formatVersion: 2 }));
      const world = await inherit(stores, { ...release, state: newer });
      const stateOf = () => itemsOf(world.aws, world.environment.STATE_TABLE);
      const before = await stateOf();
      await expect(world.ingest(endpoint)).rejects.toThrow(
        /has format 2, .*deploy the release that wrote it, or a newer one/,
      );
      const own = (items: readonly Row[]) => items.filter(({ pk }) => pk === `acme#${endpoint}`);
      const data = (items: readonly Row[]) =>
        own(items)
          .map(({ fencingToken: _, leaseUntil: __, afterFailure: ___, ...item }) => JSON.stringify(item))
          .sort();
      expect(data(await stateOf())).toEqual(data(before));
    },
  );
});

describe('old and new functions side by side', () => {
  it('accept the events of each other, as schedules and dead letters hold them', () => {
    const old = {
      endpoint: 'call',
      tenant: {
        name: 'acme',
        baseUrl: 'https://acme.uc1.ccaiplatform.com/manager/api/v1',
        secretId: 'ccaip/acme',
        requestsPerSecond: 8,
        historyStart: '2025-01-01T00:00:00Z',
      },
      scheduledTime: '2026-11-28T10:00:00Z',
    };
    expect(ingestEventSchema.parse(old)).toMatchObject(old);
    const [tenant] = parseConfiguration({ tenants: [ACME] }).tenants;
    if (tenant === undefined) throw new Error('no tenant');
    // a field that is missing here would make the functions of the last release refuse the event
    expect(createTenantInput(tenant, 'ccaip/acme', [])).toEqual(old.tenant);
  });

  it('share the lease: one of them works on an endpoint at a time, and the other continues from its commits', async () => {
    const world = await inherit(stores, RELEASES[0]?.read() ?? (await livePast(stores)));
    world.platform.rows('/calls').push(call(930, -30), call(931, -40));
    const [one, other] = await Promise.all([world.ingest('call'), world.ingest('call')]);
    expect([one?.outcome, other?.outcome].sort()).toEqual(['done', 'lease_held']);
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 0 });
    const ids = idsOf(await committed(world, 'call'));
    expect(ids.filter((id) => id === 930 || id === 931)).toEqual([930, 931]);
  });
});
