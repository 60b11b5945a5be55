import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKPOINT, toStatePartition } from '../../lambdas/aws/state-keys.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { UNKNOWN_RUN } from '../../lambdas/rebuild/describe-batch.ts';
import type { RebuildSummary } from '../../lambdas/rebuild/rebuild-position.ts';
import { callsOnThreeDays, sortedItems, watched } from '../replay/replay-world.ts';
import { FAILURES, type Failure, failing } from '../runs/crash-world.ts';
import { call, World } from '../runs/run-world.ts';
import { askLake } from '../support/ask-lake.ts';
import type { Row } from '../support/fake-platform.ts';
import { type MemoryStores, memoryStores } from '../support/memory-stores.ts';
import { itemsOf, type Stores, startStores } from '../support/test-stores.ts';
import { knownLedger, rebuildState, rebuildTables, withoutReading } from './rebuild-world.ts';

const [DEATH] = FAILURES;

interface Case {
  readonly world: World;
  readonly stores: MemoryStores;
}

const minutesAgo = ({ time }: World, minutes: number) => new Date(time.time - minutes * 60_000).toISOString();

/** A world with calls in several batches on three days, and their participants. */
async function ingested(): Promise<Case> {
  const stores = memoryStores();
  const world = await World.create(stores, { pageSize: 2 });
  callsOnThreeDays(world, 3);
  for (let runs = 0; runs < 4; runs++) {
    await world.ingest('call', { timeLeft: () => 59_999 });
    await world.ingest('call_participant');
  }
  // and more batches, one for each change
  for (const rating of [2, 3, 4]) {
    world.time.time += 1_200_000;
    Object.assign(world.platform.rows('/calls')[0] ?? {}, { rating, updated_at: minutesAgo(world, 5) });
    await world.ingest('call');
    await world.ingest('call_participant');
  }
  return { world, stores };
}

const checkpointOf = ({ world }: Case, endpoint = 'call') =>
  new CheckpointStore(world.aws.dynamodb, world.environment.STATE_TABLE, 'acme', endpoint, world.time.now).read();

const CALLS = 'SELECT id, dt, rating, status FROM call ORDER BY id';
const PARTICIPANTS = 'SELECT parent_id, id FROM call_participant ORDER BY parent_id, id';

describe('a rebuild', () => {
  it('refuses to replace a state that is there, and says how to do it nevertheless', async () => {
    const { world } = await ingested();
    const before = await itemsOf(world.aws, 'state');
    await expect(rebuildState(world, 'call')).rejects.toThrow(
      /^the state table has \d+ batches of acme call: a rebuild would replace them; to do that, use --force$/,
    );
    const after = await itemsOf(world.aws, 'state');
    expect(after.filter(({ pk }) => pk !== 'acme#rebuild-call')).toEqual(before);
    expect(await rebuildState(world, 'call', { force: true })).toMatchObject({ outcome: 'done' });
  });

  it('with force keeps the ledger, and gives live runs a position that reads nothing twice into the views', async () => {
    const each = await ingested();
    const { world } = each;
    const [ledger, rows, items] = [
      await knownLedger(world, 'call'),
      await askLake(world, [CALLS]),
      await sortedItems(world),
    ];
    await rebuildTables(world, { force: true });
    expect(await knownLedger(world, 'call')).toEqual(ledger);
    for (const endpoint of ['call', 'call_participant']) await world.ingest(endpoint);
    expect(await askLake(world, [CALLS])).toEqual(rows);
    expect((await sortedItems(world)).map(withoutReading)).toEqual(items.map(withoutReading));
  });

  it('in a dry run counts by the keys, reads no object and writes nothing', async () => {
    const { world, stores } = await ingested();
    stores.dropTables();
    const objects = await world.objects();
    const { aws, sent } = watched(world.aws);
    const { report } = await rebuildState(world, 'call', { aws, dryRun: true });
    const own = objects.filter(({ key }) => /^(raw|drift|quarantine)\/call\/|^segments\/tenant/.test(key));
    expect(report).toEqual({
      batches: Math.max(...own.map(({ key }) => Number(/\/(\d{10})-/.exec(key)?.[1]))),
      missing: null,
      objects: own.length,
      bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
      records: null,
      quarantined: null,
      cursor: null,
      leftOut: 0,
      known: 0,
    });
    expect(new Set(sent)).toEqual(new Set(['GetCommand', 'ListObjectsV2Command']));
    expect(await itemsOf(world.aws, 'state')).toEqual([]);
  });

  it('of an endpoint without objects leaves no checkpoint', async () => {
    const { world } = await ingested();
    expect(await rebuildState(world, 'chat')).toMatchObject({ outcome: 'done', report: { batches: 0, records: 0 } });
    const items = await itemsOf(world.aws, 'state');
    expect(items.filter(({ pk }) => pk === 'acme#chat')).toEqual([]);
  });

  it('in many small steps gives the same state as in one', async () => {
    const states: Row[][] = [];
    for (const isSmall of [false, true]) {
      const { world, stores } = await ingested();
      stores.dropTables();
      let calls = 0;
      for (let outcome: RebuildSummary['outcome'] = 'more'; outcome === 'more'; calls++) {
        // the time is up after each batch
        const changes = isSmall ? { maxObjects: 1, timeLeft: () => 0, continuation: calls } : {};
        ({ outcome } = await rebuildState(world, 'call', changes));
      }
      if (isSmall) expect(calls).toBeGreaterThan(2);
      const items = await itemsOf(world.aws, 'state');
      states.push(
        items.filter(({ pk }) => pk === 'acme#call').map(({ lastRun: _run, fencingToken: _token, ...item }) => item),
      );
    }
    expect(states[1]).toEqual(states[0]);
    expect(states[0]?.length).toBeGreaterThan(5);
  });

  it('keeps live runs and backfills waiting until it ends, and continues after a death', async () => {
    const each = await ingested();
    const { world, stores } = each;
    stores.dropTables();
    expect(await rebuildState(world, 'call', { timeLeft: () => 0 })).toMatchObject({ outcome: 'more' });
    expect(await checkpointOf(each)).toMatchObject({ rebuilding: true });
    expect(await world.ingest('call')).toMatchObject({ outcome: 'lease_held', requests: 0 });
    const range = { from: '2026-02-27T00:00:00.000Z', to: '2026-02-28T00:00:00.000Z' };
    await expect(world.ingest('call', { range, timeLeft: () => 0 })).rejects.toThrow(
      'the bucket has batches of acme call',
    );
    const dying = rebuildState(world, 'call', { aws: failing(world.aws, 12, DEATH as Failure).clients });
    await expect(dying).rejects.toThrow('at command 12');
    world.time.time += 120_000;
    expect(await rebuildState(world, 'call')).toMatchObject({ outcome: 'done' });
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done' });
  });

  it('does nothing while another rebuild of the endpoint runs', async () => {
    const each = await ingested();
    const { aws, environment, time } = each.world;
    const other = new CheckpointStore(aws.dynamodb, environment.STATE_TABLE, 'acme', 'rebuild-call', time.now);
    await other.acquire('other');
    expect(await rebuildState(each.world, 'call', { force: true })).toMatchObject({
      outcome: 'lease_held',
      report: null,
    });
  });

  it('gives batches of which nothing is left an empty entry: numbers have no gap', async () => {
    const { world, stores } = await ingested();
    const gone = (await world.ledger('call'))[1]?.objects ?? [];
    const { client } = await world.aws.s3();
    for (const { key } of gone) await client.send(new DeleteObjectCommand({ Bucket: 'lake', Key: key }));
    stores.dropTables();
    const { report } = await rebuildState(world, 'call');
    expect(report).toMatchObject({ missing: 1 });
    const entries = await world.ledger('call');
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries[1]).toMatchObject({ run: UNKNOWN_RUN, objects: [], records: 0 });
    const times = entries.map(({ committedAt }) => committedAt);
    expect(times).toEqual(times.toSorted());
  });
});

describe('an interrupted run that wrote two objects and committed nothing', () => {
  /** The run dies at a command. Afterwards the platform changes a call again. */
  async function die(k: number): Promise<Case & { readonly written: readonly string[] }> {
    const each = await ingested();
    const { world } = each;
    const before = new Set((await world.objects()).map(({ key }) => key));
    const rows = world.platform.rows('/calls');
    const [first = {}, second = {}] = rows;
    world.time.time += 3_600_000;
    const [created_at, updated_at] = [minutesAgo(world, 40), minutesAgo(world, 30)];
    Object.assign(first, { rating: 1, updated_at });
    Object.assign(second, { rating: 2, created_at: '2026-02-20T10:00:00.000Z', updated_at });
    rows.push(call(99, 0, { created_at, updated_at }));
    await world.ingest('call', { aws: failing(world.aws, k, DEATH as Failure).clients }).catch(() => undefined);
    world.time.time += 120_000;
    Object.assign(first, { rating: 5, updated_at: minutesAgo(world, 5) });
    const written = (await world.objects()).map(({ key }) => key).filter((key) => !before.has(key));
    return { ...each, written };
  }

  async function interrupted() {
    for (let k = 1; ; k++) {
      const died = await die(k);
      if (died.written.length === 2) return died;
      expect(died.written.length).toBeLessThan(2);
    }
  }

  it('makes no wrong row after a rebuild: the next runs read all of it again', async () => {
    const lost = await interrupted();
    const kept = await interrupted();
    lost.stores.dropTables();
    await rebuildTables(lost.world);
    for (const { world } of [lost, kept])
      for (const endpoint of ['call', 'call_participant']) await world.ingest(endpoint);
    const [calls = [], participants] = await askLake(lost.world, [CALLS, PARTICIPANTS]);
    expect(calls.find(({ id }) => id === 99)).toMatchObject({ status: 'finished' });
    expect(calls.find(({ id }) => id === 1)).toMatchObject({ rating: 5 });
    expect(calls.find(({ id }) => id === 2)).toMatchObject({ rating: 2, dt: '2026-02-20' });
    expect([calls, participants]).toEqual(await askLake(kept.world, [CALLS, PARTICIPANTS]));
    expect((await sortedItems(lost.world)).map(withoutReading)).toEqual(
      (await sortedItems(kept.world)).map(withoutReading),
    );
  });

  it('is part of its batch in the ledger, and never moves the cursor', async () => {
    const lost = await interrupted();
    const before = await checkpointOf(lost);
    lost.stores.dropTables();
    await rebuildState(lost.world, 'call');
    const after = await checkpointOf(lost);
    expect(after?.seq).toBe((before?.seq ?? 0) + 1);
    expect(after?.lastEntry?.objects.map(({ key }) => key).sort()).toEqual(lost.written);
    expect(String(after?.cursor) <= String(before?.cursor)).toBe(true);
  });
});

describe('ingestion whose state was lost', () => {
  it.each(['call', 'call_participant'])(
    'of %s refuses to start again beside the batches in the bucket',
    async (endpoint) => {
      const { world, stores } = await ingested();
      const objects = await world.objects();
      stores.dropTables();
      const requests = world.platform.requests.length;
      for (let runs = 0; runs < 2; runs++) {
        const run = world.ingest(endpoint);
        await expect(run).rejects.toThrow(ConfigurationError);
        await expect(run).rejects.toThrow(`the bucket has batches of acme ${endpoint}, and the state table has none`);
      }
      expect(world.platform.requests).toHaveLength(requests);
      expect(await world.objects()).toEqual(objects);
      await rebuildTables(world);
      expect(await world.ingest(endpoint)).toMatchObject({ outcome: 'done' });
    },
  );
});

describe('on the embedded stores', () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await startStores();
  });
  afterAll(() => stores.close());

  it('a rebuild gives the same as in memory', async () => {
    const world = await World.create(stores, { pageSize: 2 });
    callsOnThreeDays(world, 3);
    await world.ingest('call');
    await world.ingest('call', { timeLeft: () => 59_999 });
    const [ledger, items] = [await knownLedger(world, 'call'), await sortedItems(world)];
    const { STATE_TABLE, METRICS_TABLE } = await stores.fresh();
    const environment = { ...world.environment, STATE_TABLE, METRICS_TABLE };
    Object.assign(world, { environment });
    await rebuildTables(world);
    expect(await knownLedger(world, 'call')).toEqual(ledger);
    expect(await sortedItems(world)).toEqual(items);
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done' });
    const [checkpoint] = (await itemsOf(world.aws, STATE_TABLE)).filter(
      ({ pk, sk }) => pk === toStatePartition('acme', 'call') && sk === CHECKPOINT,
    );
    expect(checkpoint?.rebuilding).toBeUndefined();
  });
});
