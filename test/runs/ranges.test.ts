import { describe, expect, it } from 'vitest';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import type { Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { s3Over } from '../support/s3-over.ts';
import { call, NOW, World } from './run-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const ago = (minutes: number) => new Date(Date.parse(NOW) - minutes * MINUTE).toISOString();
const backfill = (world: World, from: number, to: number, endpoint = 'call') =>
  world.ingest(endpoint, { range: { from: ago(from), to: ago(to) } });

/** A world whose history starts a day ago, with calls before and since; live runs have taken those since. */
async function setup({ old = 5 } = {}) {
  const world = await World.create(memoryStores());
  world.tenant = { ...world.tenant, historyStart: ago(24 * 60) };
  const rows = world.platform.rows('/calls');
  rows.push(...Array.from({ length: old }, (_, i) => call(i + 1, 48 * 60 - 10 * i)));
  rows.push(...Array.from({ length: 4 }, (_, i) => call(100 + i, 12 * 60 - 10 * i)));
  await world.ingest('call');
  return world;
}

const position = async (world: World, endpoint = 'call') => {
  const store = new CheckpointStore(
    world.aws.dynamodb,
    world.environment.STATE_TABLE,
    'acme',
    endpoint,
    world.time.now,
  );
  const { position: text, cursor } = (await store.read()) ?? {};
  return { position: text, cursor };
};

const idsIn = async (world: World) =>
  (await world.objects('raw/call/')).flatMap(({ records }) => records.map(({ id }) => id));

describe('a range', () => {
  it('is written to lake, metrics and ledger while the live cursor stays unchanged', async () => {
    const world = await setup();
    const before = await position(world);
    expect(await idsIn(world)).not.toContain(1);
    const summary = await backfill(world, 72 * 60, 24 * 60);
    expect(summary).toMatchObject({ outcome: 'done', records: 5, batches: 1, reached: ago(24 * 60) });
    expect(await idsIn(world)).toEqual(expect.arrayContaining([1, 2, 3, 4, 5]));
    expect(await world.metrics()).toHaveLength(9);
    expect(await position(world)).toEqual(before);
    const range = { from: ago(72 * 60), to: ago(24 * 60) };
    expect(await world.ledger('call')).toMatchObject([{ seq: 1 }, { seq: 2, records: 5, range }]);
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', batches: 0 });
  });

  it('includes its first and excludes its last moment, whether or not the platform respects the range', async () => {
    for (const heedsTo of [true, false]) {
      const world = await setup();
      Object.assign(world.platform.habits, { heedsTo });
      const [first, , third] = world.platform.rows('/calls').map(({ updated_at: time }) => String(time));
      const range = { from: String(first), to: String(third) };
      expect(await world.ingest('call', { range })).toMatchObject({ records: 2, reached: third });
      expect((await idsIn(world)).filter((id) => Number(id) < 100)).toEqual([1, 2]);
    }
  });

  describe('that ends where a recent history starts', () => {
    const recent = async () => {
      const world = await World.create(memoryStores());
      world.tenant = { ...world.tenant, historyStart: ago(5) };
      world.platform.rows('/calls').push(call(1, 12));
      return world;
    };
    // live runs do not read it again, so neither a late record nor a late change may follow
    const settled = Date.parse(NOW) - 5 * MINUTE + 10 * MINUTE + MINUTE - 1;

    it('is read when it has settled', async () => {
      const world = await recent();
      const summary = await backfill(world, 60, 0);
      expect(summary).toMatchObject({ outcome: 'done', records: 1, reached: ago(5) });
      const [{ records: [line] = [] } = {}] = await world.objects('raw/call/');
      expect(Date.parse(String(line?._extracted_at))).toBeGreaterThanOrEqual(settled);
    });

    it('is left to the next run if it settles too late for this one', async () => {
      const world = await recent();
      const end = Date.parse(NOW) + 3 * MINUTE;
      const range = { from: ago(60), to: ago(0) };
      const summary = await world.ingest('call', { range, timeLeft: () => end - world.time.time });
      expect(summary).toMatchObject({ outcome: 'more', records: 0, requests: 0, reached: ago(60) });
      expect(end - world.time.time).toBeGreaterThanOrEqual(MINUTE);
      expect(await backfill(world, 60, 0)).toMatchObject({ outcome: 'done', records: 1, reached: ago(5) });
    });

    it('is read at once up to what has settled', async () => {
      const world = await recent();
      expect(await backfill(world, 60, 11)).toMatchObject({ outcome: 'done', records: 0 });
      expect(world.time.time).toBeLessThan(Date.parse(NOW) + MINUTE);
    });
  });

  it('is followed by the records nested in it, in the order of the ledger', async () => {
    const world = await setup();
    await world.ingest('call_participant');
    await backfill(world, 72 * 60, 24 * 60);
    expect(await world.ingest('call_participant')).toMatchObject({ records: 10, requests: 0 });
    expect(await world.ingest('call_participant')).toMatchObject({ records: 0, batches: 0 });
  });

  it('read twice gives the same metrics and the same versions in the lake', async () => {
    const world = await setup();
    await backfill(world, 72 * 60, 24 * 60);
    const metrics = async () =>
      (await world.metrics()).map(({ ingested_at: _, source_batch: _batch, ...item }) => item);
    const before = await metrics();
    world.time.time += HOUR;
    await backfill(world, 72 * 60, 24 * 60);
    expect(await metrics()).toEqual(before);
    const versions = (await world.objects('raw/call/')).flatMap(({ records }) =>
      records.filter(({ _none }) => _none !== true).map(({ id, updated_at: time }) => `${id} ${time}`),
    );
    expect(versions).toHaveLength(14);
    expect(new Set(versions).size).toBe(9);
  });

  it('ends where live runs begin to read, a look-back before their cursor', async () => {
    const world = await setup();
    const { cursor } = await position(world);
    const liveFrom = new Date(Date.parse(String(cursor)) - 10 * MINUTE).toISOString();
    expect(await backfill(world, 24 * 60, 0)).toMatchObject({ outcome: 'done', records: 2, reached: liveFrom });
    expect(await backfill(world, 5, 0)).toMatchObject({ outcome: 'done', records: 0, requests: 0, reached: ago(5) });
  });

  it('of an endpoint that never ran ends where history starts', async () => {
    const world = await World.create(memoryStores());
    world.tenant = { ...world.tenant, historyStart: ago(30) };
    world.platform.rows('/calls').push(call(1, 60), call(2, 20));
    expect(await backfill(world, 90, 0)).toMatchObject({ records: 1, reached: ago(30) });
    expect(await world.ingest('call')).toMatchObject({ records: 1 });
    expect((await world.ledger('call')).map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('whose time is up reports its position, and is completed from there', async () => {
    const world = await setup({ old: 20 });
    Object.assign(world.platform.habits, { pageSize: 3 });
    let from = ago(72 * 60);
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'done' && outcomes.length < 30) {
      const range = { from, to: ago(24 * 60) };
      const { outcome, reached = '' } = await world.ingest('call', {
        range,
        timeLeft: () => (outcomes.length < 4 ? 59_000 : 900_000),
      });
      expect(reached >= from).toBe(true);
      from = reached;
      outcomes.push(outcome);
    }
    expect(outcomes.length).toBeGreaterThan(3);
    expect(outcomes.at(-1)).toBe('done');
    expect(new Set(await idsIn(world)).size).toBe(24);
  });

  it.each([
    ['agent', /agent is a snapshot: every run takes the whole collection.*run it instead/],
    ['photo', /photo comes out of the records of other endpoints: backfill call, chat, and its next run/],
    ['user_info', /backfill call, chat, agent_status_history, and/],
  ])('of %s is refused with what to do instead', async (endpoint, message) => {
    const world = await setup();
    await expect(backfill(world, 72 * 60, 24 * 60, endpoint)).rejects.toThrow(message);
  });
});

describe('a live run', () => {
  it('never waits for a range: it takes over in the middle of a batch, and the range continues after it', async () => {
    const world = await setup();
    world.platform.rows('/calls').push(call(200, 10));
    let live: unknown;
    const { client: s3 } = await world.aws.s3();
    const aws = {
      ...world.aws,
      s3: s3Over({
        send: async (command: never) => {
          // the range has its turn and writes its objects
          live ??= await world.ingest('call', { run: 'live' });
          return s3.send(command);
        },
      }),
    };
    const range = { from: ago(72 * 60), to: ago(24 * 60) };
    const summary = await world.ingest('call', { range, aws, run: 'range' });
    expect(live).toMatchObject({ outcome: 'done', records: 1 });
    expect(summary).toMatchObject({ outcome: 'done', records: 5 });
    expect((await world.ledger('call')).map(({ seq, run }) => [seq, run])).toEqual([
      [1, 'run-1'],
      [2, 'live'],
      [3, 'range'],
    ]);
    expect(await world.ingest('call')).toMatchObject({ outcome: 'done', batches: 0 });
  });

  it('that holds the lease makes a range wait, until the time of the range is up', async () => {
    const world = await setup();
    const store = new CheckpointStore(
      world.aws.dynamodb,
      world.environment.STATE_TABLE,
      'acme',
      'call',
      world.time.now,
    );
    const deadline = world.time.time + 100_000;
    await store.acquire('live');
    const range = { from: ago(72 * 60), to: ago(24 * 60) };
    const summary = await world.ingest('call', { range, timeLeft: () => deadline - world.time.time });
    expect(summary).toMatchObject({ outcome: 'more', records: 0, reached: range.from });
    expect(await world.ledger('call')).toHaveLength(1);
  });

  it('that died between commit and ledger leaves no gap: the range appends what is missing', async () => {
    const world = await setup();
    const store = new CheckpointStore(
      world.aws.dynamodb,
      world.environment.STATE_TABLE,
      'acme',
      'call',
      world.time.now,
    );
    const { slot: _, ...checkpoint } = await store.acquire('dies');
    const [first] = await world.ledger('call');
    if (first === undefined || checkpoint.position === undefined) throw new Error('nothing committed');
    await store.commit(checkpoint, { ...first, seq: 2, run: 'dies', objects: [] }, checkpoint);
    world.time.time += 3 * MINUTE;
    await backfill(world, 72 * 60, 24 * 60);
    expect((await world.ledger('call')).map(({ seq, run }) => [seq, run])).toEqual([
      [1, 'run-1'],
      [2, 'dies'],
      [3, expect.stringMatching(/^run-/)],
    ]);
  });

  it('clears the quarantine entries of unreadable records that ranges found and that were merged with others', async () => {
    const world = await setup({ old: 0 });
    world.platform.rows('/calls').push(...Array.from({ length: 600 }, (_, i) => call(1_000 + i, 72 * 60 - i)));
    // some of each ten records, so that each is isolated by one request of ten and ten of one
    const isBroken = ({ id }: Row) => Number(id) >= 1_000 && [1, 4, 7].includes(Number(id) % 10);
    const fetch: typeof world.platform.fetch = async (input, init) => {
      const answer = await world.platform.fetch(input, init);
      const rows: Row[] = JSON.parse(await answer.clone().text());
      return rows.some(isBroken) ? new Response('', { status: 500 }) : answer;
    };
    const effects = world.time.effects({ fetch });
    for (let from = 72 * 60; from > 72 * 60 - 600; from -= 150) {
      const range = { from: ago(from), to: ago(from - 150) };
      expect(await world.ingest('call', { range, effects })).toMatchObject({ outcome: 'done' });
    }
    const open = async () => {
      const lines = (await world.objects('quarantine/')).flatMap(({ records }) => records);
      const cleared = new Set(lines.filter((line) => 'requeued_at' in line).map(({ entry }) => entry));
      return lines.filter((line) => 'reason' in line && !cleared.has(line.entry)).map(({ entry }) => entry);
    };
    expect((await open()).length).toBeGreaterThan(110);
    expect(await world.ingest('call', { effects })).toMatchObject({ outcome: 'done', unreadable: 100 });
    const journal = (await world.status('call'))?.unreadable ?? [];
    expect((await open()).sort()).toEqual(journal.map(({ entry }) => entry).sort());
    expect(await world.ingest('call', { effects })).toMatchObject({ batches: 0, unreadable: 100 });
  });

  it('reads rows that a range found open again until they are closed', async () => {
    const world = await World.create(memoryStores());
    world.tenant = { ...world.tenant, historyStart: ago(60) };
    const rows = world.platform.rows('/agent_activity_logs');
    const open = { id: 1, started_at: ago(600), ended_at: null as string | null };
    const watched = { id: 2, started_at: ago(50), ended_at: null };
    rows.push(open, watched, { id: 3, started_at: ago(2), ended_at: ago(1) });
    await world.ingest('agent_status_history');
    const { cursor } = await position(world, 'agent_status_history');
    expect(await backfill(world, 700, 20, 'agent_status_history')).toMatchObject({ records: 1 });
    expect((await position(world, 'agent_status_history')).cursor).toBe(cursor);
    world.time.time += 15 * MINUTE;
    expect(await world.ingest('agent_status_history')).toMatchObject({ records: 0 });
    world.time.time += 15 * MINUTE;
    open.ended_at = new Date(world.time.time).toISOString();
    expect(await world.ingest('agent_status_history')).toMatchObject({ records: 1 });
    expect(await world.ingest('agent_status_history')).toMatchObject({ records: 0 });
  });
});

describe('two ranges of one endpoint', () => {
  it('take turns: every batch has a unique number', async () => {
    const world = await setup();
    let second: unknown;
    const { client: s3 } = await world.aws.s3();
    const aws = {
      ...world.aws,
      s3: s3Over({
        send: async (command: never) => {
          if (second === undefined) {
            second = world.ingest('call', { range: { from: ago(72 * 60), to: ago(47 * 60) }, run: 'second' });
            for (let i = 0; i < 50; i++) await Promise.resolve();
          }
          return s3.send(command);
        },
      }),
    };
    await world.ingest('call', { range: { from: ago(72 * 60), to: ago(24 * 60) }, aws, run: 'first' });
    expect(await second).toMatchObject({ outcome: 'done', records: 5 });
    expect((await world.ledger('call')).map(({ seq, run }) => [seq, run])).toEqual([
      [1, 'run-1'],
      [2, 'first'],
      [3, 'second'],
    ]);
  });
});
