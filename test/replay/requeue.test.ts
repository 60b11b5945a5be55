import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { INVALID_EVENT_TIME } from '../../catalog/timestamp.ts';
import { type RequeueRequest, requeue } from '../../lambdas/replay/requeue.ts';
import type { RequeueSummary } from '../../lambdas/replay/requeue-summary.ts';
import { DAY, World } from '../runs/run-world.ts';
import type { Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { deleteObject } from '../support/test-stores.ts';
import { ask } from './replay-world.ts';

/** The endpoint after a fix of its schema: it checks nothing but that there is an id. */
const mended = (name: string): Endpoint => ({
  ...(findEndpoint(name) as Endpoint),
  schema: z.looseObject({ id: z.unknown() }),
});

const take = (world: World, endpoint: Endpoint, changes: Partial<RequeueRequest> = {}): Promise<RequeueSummary> =>
  requeue({
    endpoint,
    tenant: 'acme',
    dryRun: false,
    continuation: 0,
    run: 'replay-1',
    timeLeft: () => 900_000,
    environment: world.environment,
    aws: world.aws,
    effects: world.time.effects({}),
    ...changes,
  });

const nothing = { tenant: 'acme', endpoint: 'call', outcome: 'done', taken: 0, left: {}, gone: 0 };

/** A world with three calls of which the second one was set aside: its `created_at` has no time zone. */
async function setAside(changes: Row = {}): Promise<World> {
  const world = await World.create(memoryStores());
  const [, bad = {}] = world.calls(3);
  Object.assign(bad, { created_at: `${DAY} 10:00:00Z`, ...changes });
  await world.ingest('call');
  return world;
}

const OPEN = 'SELECT requeued_at IS NULL AS open, count(*) AS n FROM quarantine GROUP BY 1';

describe('a record in quarantine', () => {
  it('stays there while it does not fit the schema', async () => {
    const world = await setAside();
    const before = await world.objects();
    expect(await take(world, findEndpoint('call') as Endpoint)).toEqual({
      ...nothing,
      left: { [`created_at: ${INVALID_EVENT_TIME}`]: 1 },
    });
    expect(await world.objects()).toEqual(before);
    expect(await ask(world, OPEN)).toEqual([{ open: true, n: 1 }]);
  });

  it('is requeued once its schema is fixed: into raw, segments and metrics, with a batch in the ledger', async () => {
    const world = await setAside();
    world.time.time += 3_600_000;
    expect(await take(world, mended('call'))).toEqual({ ...nothing, taken: 1 });
    expect((await world.metrics()).map(({ call_id }) => call_id).sort()).toEqual([1, 2, 3]);
    expect(
      (await world.ledger('call')).map(({ seq, run, records, quarantined }) => [seq, run, records, quarantined]),
    ).toEqual([
      [1, 'run-1', 2, 1],
      [2, 'replay-1', 1, 0],
    ]);
    expect(await ask(world, 'SELECT count(*) AS n FROM call')).toEqual([{ n: 3 }]);
    expect(await ask(world, 'SELECT count(*) AS n FROM call_segments')).toEqual([{ n: 3 }]);
    expect(await ask(world, 'SELECT requeued_at, run FROM quarantine')).toEqual([
      { requeued_at: new Date(world.time.time).toISOString(), run: 'run-1' },
    ]);
  });

  it('is in raw byte for byte as the API sent it, with the time and batch of the original read', async () => {
    const world = await setAside();
    const [quarantined] = (await world.objects('quarantine/'))[0]?.records ?? [];
    world.time.time += 3_600_000;
    await take(world, mended('call'));
    const raw = (await world.objects('raw/call/')).flatMap(({ records }) => records);
    const back = raw.find(({ id }) => id === 2);
    expect(back).toEqual({
      ...Object(quarantined?.record),
      _extracted_at: quarantined?._extracted_at,
      _batch: '0000000001',
    });
  });

  it('is not requeued twice', async () => {
    const world = await setAside();
    await take(world, mended('call'));
    const before = { objects: await world.objects(), items: await world.metrics() };
    expect(await take(world, mended('call'))).toEqual(nothing);
    expect({ objects: await world.objects(), items: await world.metrics() }).toEqual(before);
  });

  it('never replaces a newer version that was ingested meanwhile', async () => {
    const world = await setAside();
    const [, row = {}] = world.platform.rows('/calls');
    Object.assign(row, { created_at: `${DAY}T10:00:00Z`, status: 'failed', updated_at: '2026-03-02T11:59:00.000Z' });
    await world.ingest('call');
    await take(world, mended('call'));
    expect((await world.metrics()).find(({ call_id }) => call_id === 2)).toMatchObject({ status: 'failed' });
    expect(await ask(world, 'SELECT status FROM call WHERE id = 2')).toEqual([{ status: 'failed' }]);
    expect(await ask(world, 'SELECT status FROM call_segments WHERE call_id = 2')).toEqual([{ status: 'failed' }]);
  });

  it('never shows beside a newer version that moved to another day meanwhile', async () => {
    const world = await setAside();
    const [, row = {}] = world.platform.rows('/calls');
    Object.assign(row, {
      created_at: '2026-02-20T10:00:00Z',
      status: 'failed',
      updated_at: '2026-03-02T11:59:00.000Z',
    });
    await world.ingest('call');
    expect(await take(world, mended('call'))).toMatchObject({ taken: 1 });
    expect((await world.metrics()).find(({ call_id }) => call_id === 2)).toMatchObject({ status: 'failed' });
    for (const [view, id] of [
      ['call', 'id'],
      ['call_segments', 'call_id'],
    ])
      expect(await ask(world, `SELECT dt, status FROM ${view} WHERE ${id} = 2`)).toEqual([
        { dt: '2026-02-20', status: 'failed' },
      ]);
  });

  it('leaves cursor, fingerprints and last run of its endpoint as they are', async () => {
    const world = await setAside();
    const before = await world.status('call');
    await take(world, mended('call'));
    expect(await world.status('call')).toEqual({ ...before, seq: 2, records: 3 });
    expect(await world.ingest('call')).toMatchObject({ records: 0, batches: 0 });
  });

  it('can be counted without requeueing it', async () => {
    const world = await setAside();
    const before = { objects: await world.objects(), ledger: await world.ledger('call') };
    expect(await take(world, mended('call'), { dryRun: true })).toEqual({ ...nothing, taken: 1 });
    expect({ objects: await world.objects(), ledger: await world.ledger('call') }).toEqual(before);
  });

  it('is gone when its retention time is over', async () => {
    const world = await setAside();
    for (const { key } of await world.objects('quarantine/'))
      await deleteObject(world.aws, world.environment.LAKE_BUCKET, key);
    expect(await take(world, mended('call'))).toEqual({ ...nothing, gone: 1 });
  });

  it('waits while ingestion holds the lease, and gives up when its own time is up', async () => {
    const world = await setAside();
    let second: unknown;
    await world.ingest('call', {
      effects: world.time.effects({
        fetch: async (input) => {
          let left = 70_000;
          second ??= await take(world, mended('call'), { timeLeft: () => (left -= 5_000) });
          return world.platform.fetch(input);
        },
      }),
    });
    expect(second).toEqual({ ...nothing, outcome: 'lease_held' });
  });

  it('remembers that the previous run failed', async () => {
    const world = await setAside();
    const broken = async () => new Response('no', { status: 403 });
    await expect(world.ingest('call', { effects: world.time.effects({ fetch: broken }) })).rejects.toThrow();
    await take(world, mended('call'));
    // what that run may have written without committing it is taken again
    expect(await world.ingest('call')).toMatchObject({ records: 2 });
  });
});

describe('records of other kinds of endpoints', () => {
  it('of a snapshot belong to the snapshot in which they were met', async () => {
    const world = await World.create(memoryStores());
    world.platform.rows('/agents').push({ id: 1, first_name: 'Sam' }, { id: 'two', first_name: 'Kim' });
    await world.ingest('agent');
    expect(await take(world, mended('agent'))).toMatchObject({ taken: 1 });
    const [first, second] = (await world.objects('raw/agent/')).flatMap(({ records }) => records);
    expect(second?._extracted_at).toBe(first?._extracted_at);
    expect(await ask(world, 'SELECT first_name, deleted_at FROM agent ORDER BY 1')).toEqual([
      { first_name: 'Kim', deleted_at: null },
      { first_name: 'Sam', deleted_at: null },
    ]);
  });

  it('inside others stand beside their siblings, with what they have from their parent', async () => {
    const world = await World.create(memoryStores());
    const participants = [
      { id: 11, type: 'agent', connected_at: null, ended_at: null },
      { id: 'x', type: 'end_user', connected_at: null, ended_at: null },
    ];
    world.calls(1, { participants });
    await world.ingest('call');
    await world.ingest('call_participant');
    expect(await ask(world, 'SELECT type FROM call_participant')).toEqual([{ type: 'agent' }]);
    expect(await take(world, mended('call_participant'))).toMatchObject({ taken: 1 });
    expect(await ask(world, 'SELECT type, parent_id, parent_path FROM call_participant ORDER BY 1')).toEqual([
      { type: 'agent', parent_id: 1, parent_path: 'participants[0]' },
      { type: 'end_user', parent_id: 1, parent_path: 'participants[1]' },
    ]);
  });
});
