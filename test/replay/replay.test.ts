import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findEndpoint } from '../../catalog/index.ts';
import { CHECKPOINT, replayName, toEntryKey, toStatePartition } from '../../lambdas/aws/state-keys.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { DAY, NOW, World } from '../runs/run-world.ts';
import { deleteObject, type Stores, startStores } from '../support/test-stores.ts';
import { ask, CALL, callsOnThreeDays, replayOf, reportOf, sortedItems, watched } from './replay-world.ts';

// the version of the rules, which tests raise
const rules = vi.hoisted(() => ({ version: 1 }));
vi.mock(import('../../lambdas/segments/metric-results.ts'), async (original) => {
  const real = await original();
  return Object.defineProperty({ ...real }, 'METRICS_VERSION', { get: () => rules.version, enumerable: true });
});

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
beforeEach(() => {
  rules.version = 1;
});

/** A world with two versions of each of three calls, the second one of the first call taken later. */
async function ingested(count = 3): Promise<World> {
  const world = await World.create(stores);
  const [first] = world.calls(count);
  await world.ingest('call');
  Object.assign(first ?? {}, { rating: 5, hold_duration: 20, updated_at: '2026-03-02T11:58:00.000Z' });
  await world.ingest('call');
  return world;
}

const table = (world: World) => world.environment.METRICS_TABLE;
const remove = (world: World, call_key: string) =>
  world.aws.dynamodb.send(new DeleteCommand({ TableName: table(world), Key: { call_key } }));
const alter = (world: World, call_key: string, name: string, value: unknown) =>
  world.aws.dynamodb.send(
    new UpdateCommand({
      TableName: table(world),
      Key: { call_key },
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );

describe('a replay', () => {
  it('of what ingestion wrote finds everything equal, sends no request and writes nothing', async () => {
    const world = await ingested();
    const before = { items: await sortedItems(world), objects: await world.objects() };
    const requests = world.platform.requests.length;
    const { aws, sent } = watched(world.aws);
    expect(await replayOf(world, {}, { aws })).toEqual({
      tenant: 'acme',
      endpoint: 'call',
      outcome: 'done',
      report: reportOf({ records: 4, same: 3 }),
    });
    expect({ items: await sortedItems(world), objects: await world.objects() }).toEqual(before);
    expect(world.platform.requests).toHaveLength(requests);
    // one ledger item of the replay itself
    expect(sent.filter((name) => name.startsWith('Put'))).toEqual(['PutCommand']);
  });

  it('restores items that were deleted or changed and segments that were deleted, equal to the last attribute', async () => {
    const world = await ingested(5);
    const before = { items: await sortedItems(world), objects: await world.objects() };
    await remove(world, 'acme#1');
    await alter(world, 'acme#2', 'talk_time', 299);
    await alter(world, 'acme#3', 'source_updated_at', '2026-03-01T00:00:00.000Z');
    await alter(world, 'acme#4', 'surplus', 'x');
    for (const { key } of await world.objects('segments/'))
      await deleteObject(world.aws, world.environment.LAKE_BUCKET, key);
    const { report } = await replayOf(world);
    expect(report).toMatchObject({ records: 6, objects: 2, same: 1, missing: 1, changed: 3 });
    expect({ items: await sortedItems(world), objects: await world.objects() }).toEqual(before);
    expect((await replayOf(world)).report).toEqual(reportOf({ records: 6, same: 5 }));
  });

  it('restores the segments of a call that moved to another day: it is shown once', async () => {
    const world = await ingested();
    const [row = {}] = world.platform.rows('/calls');
    Object.assign(row, { created_at: '2026-02-20T10:00:00.000Z', updated_at: '2026-03-02T11:59:00.000Z' });
    await world.ingest('call');
    const before = await world.objects();
    expect((await replayOf(world)).report).toEqual(reportOf({ days: 2, ofDays: 2, records: 5, same: 3, newer: 1 }));
    for (const { key } of await world.objects('segments/'))
      await deleteObject(world.aws, world.environment.LAKE_BUCKET, key);
    expect((await replayOf(world)).report).toMatchObject({ objects: 4, same: 3, missing: 0, changed: 0 });
    expect(await world.objects()).toEqual(before);
    expect(await ask(world, 'SELECT dt FROM call_segments WHERE call_id = 1')).toEqual([{ dt: '2026-02-20' }]);
  });

  it('under newer rules gives what ingestion under these rules would have written, and segments of the old ones are superseded', async () => {
    const world = await ingested();
    const visible = 'SELECT call_id, metrics_version, hold_time, batch FROM call_segments ORDER BY call_id';
    const rows = await ask(world, visible);
    rules.version = 2;
    const { report } = await replayOf(world);
    expect(report).toMatchObject({ objects: 2, changed: 3, attributes: { metrics_version: 3 }, metrics: {} });
    const fresh = await ingested();
    expect(await sortedItems(world)).toEqual(await sortedItems(fresh));
    expect(await ask(world, visible)).toEqual(rows.map((row) => ({ ...row, metrics_version: 2 })));
    expect((await replayOf(world)).report).toEqual(reportOf({ records: 4, same: 3 }));
    expect(await ask(world, visible)).toHaveLength(3);
  });

  it('records objects of newer rules that a replay wrote before it died without recording them', async () => {
    const world = await ingested();
    rules.version = 2;
    await replayOf(world);
    const [batch] = await world.ledger('replay-call');
    expect(batch?.objects).toHaveLength(2);
    for (const sk of [CHECKPOINT, toEntryKey(1)])
      await world.aws.dynamodb.send(
        new DeleteCommand({
          TableName: world.environment.STATE_TABLE,
          Key: { pk: toStatePartition('acme', replayName('call')), sk },
        }),
      );
    expect((await replayOf(world)).report).toEqual(reportOf({ records: 4, same: 3 }));
    const [again] = await world.ledger('replay-call');
    expect(again?.objects).toEqual(batch?.objects);
  });

  it('does not downgrade: items of newer rules stay', async () => {
    rules.version = 2;
    const world = await ingested();
    const before = await sortedItems(world);
    rules.version = 1;
    expect((await replayOf(world)).report).toMatchObject({ newer: 3, changed: 0, missing: 0 });
    expect(await sortedItems(world)).toEqual(before);
  });

  it('as a dry run reports what would change, per metric and with examples, and changes nothing', async () => {
    const world = await ingested(6);
    await remove(world, 'acme#1');
    for (const id of [2, 3, 4, 5]) await alter(world, `acme#${id}`, 'talk_time', 299.5);
    await alter(world, 'acme#2', 'metric_status', { ring_time: 'approximate', hold_time: 'pending' });
    await alter(world, 'acme#3', 'status', 'queued');
    const before = { items: await sortedItems(world), objects: await world.objects() };
    const { report } = await replayOf(world, { dryRun: true });
    expect(report).toEqual(
      reportOf({
        records: 7,
        same: 1,
        missing: 1,
        changed: 4,
        metrics: {
          talk_time: {
            changed: 4,
            examples: [
              { call: 'acme#2', before: '299.5 ok', after: '300 ok' },
              { call: 'acme#3', before: '299.5 ok', after: '300 ok' },
              { call: 'acme#4', before: '299.5 ok', after: '300 ok' },
            ],
          },
          hold_time: { changed: 1, examples: [{ call: 'acme#2', before: '0 pending', after: '0 ok' }] },
        },
        attributes: { status: 1 },
      }),
    );
    expect({ items: await sortedItems(world), objects: await world.objects() }).toEqual(before);
    expect((await replayOf(world)).report).toEqual(report);
  });

  it('of a range reads the objects of these dates only', async () => {
    const world = await World.create(stores);
    callsOnThreeDays(world, 2);
    await world.ingest('call');
    for (const { call_key } of await world.metrics()) await remove(world, String(call_key));
    const { aws, sent } = watched(world.aws);
    const { report } = await replayOf(world, { from: '2026-02-28', to: '2026-03-01' }, { aws });
    expect(report).toEqual(reportOf({ records: 2, missing: 2 }));
    expect(sent.filter((name) => name === 'GetObjectCommand')).toHaveLength(1);
    expect((await world.metrics()).map(({ created_at }) => String(created_at).slice(0, 10))).toEqual([
      '2026-03-01',
      '2026-03-01',
    ]);
  });

  it('stops before its time is up and continues from there, with one report of everything', async () => {
    const world = await World.create(stores);
    callsOnThreeDays(world, 2);
    await world.ingest('call');
    const before = await sortedItems(world);
    for (const { call_key } of before) await remove(world, String(call_key));
    let left = 900_000;
    const changes = { timeLeft: () => left, onProgress: () => (left = 100_000) };
    const reads: number[] = [];
    for (const [days, outcome] of [
      [1, 'more'],
      [2, 'more'],
      [3, 'done'],
    ] as const) {
      left = 900_000;
      const { aws, sent } = watched(world.aws);
      const summary = await replayOf(world, {}, { ...changes, aws });
      expect(summary).toMatchObject({ outcome, report: { days, ofDays: 3, missing: 2 * days } });
      reads.push(sent.filter((name) => name === 'GetObjectCommand').length);
    }
    expect(reads).toEqual([1, 1, 1]);
    expect(await sortedItems(world)).toEqual(before);
  });

  it('starts again if its options change, or if it was done', async () => {
    const world = await World.create(stores);
    callsOnThreeDays(world, 2);
    await world.ingest('call');
    let left = 900_000;
    const stopping = { timeLeft: () => left, onProgress: () => (left = 0) };
    expect(await replayOf(world, {}, stopping)).toMatchObject({ outcome: 'more', report: { days: 1 } });
    expect((await replayOf(world, { dryRun: true })).report).toMatchObject({ days: 3, records: 6 });
    expect((await replayOf(world)).report).toMatchObject({ days: 3, records: 6 });
    expect((await replayOf(world)).report).toMatchObject({ days: 3, records: 6 });
  });

  it('yields to ingestion that runs meanwhile, and includes what that committed', async () => {
    const world = await World.create(stores);
    callsOnThreeDays(world, 2);
    await world.ingest('call');
    rules.version = 2;
    const [row = {}] = world.platform.rows('/calls');
    const aws = between(world, async () => {
      // a function that still runs under the old rules
      rules.version = 1;
      Object.assign(row, { status: 'failed', updated_at: '2026-03-02T11:59:00.000Z' });
      await world.ingest('call');
      rules.version = 2;
    });
    expect((await replayOf(world, {}, { aws })).report).toMatchObject({ days: 4, ofDays: 4, records: 7 });
    for (const item of await world.metrics()) expect(item.metrics_version).toBe(2);
    expect(await world.metrics()).toContainEqual(
      expect.objectContaining({ call_id: row.id, status: 'failed', source_updated_at: '2026-03-02T11:59:00.000Z' }),
    );
  });

  it('never puts an older version over one that came after the raw records were read', async () => {
    const world = await ingested();
    await remove(world, 'acme#2');
    const [, row = {}] = world.platform.rows('/calls');
    Object.assign(row, { status: 'failed', updated_at: '2026-03-02T11:59:00.000Z' });
    const aws = between(world, () => world.ingest('call'));
    await replayOf(world, {}, { aws });
    expect(await world.metrics()).toContainEqual(expect.objectContaining({ call_id: 2, status: 'failed' }));
  });

  it('replays a big day in parts, each call once', async () => {
    const world = await ingested(5);
    const before = await sortedItems(world);
    for (const { call_key } of before) await remove(world, String(call_key));
    const { report } = await replayOf(world, {}, { recordsPerPart: 2 });
    expect(report).toEqual(reportOf({ records: 6, missing: 5 }));
    expect(await sortedItems(world)).toEqual(before);
  });

  it('does not restore items whose time to live is over', async () => {
    const world = await ingested();
    const environment = { ...world.environment, METRICS_TTL_DAYS: '1' };
    for (const { call_key } of await world.metrics()) await remove(world, String(call_key));
    world.time.time = Date.parse(NOW) + 2 * 86_400_000;
    expect((await replayOf(world, {}, { environment })).report).toEqual(reportOf({ records: 4, expired: 3 }));
    expect(await world.metrics()).toEqual([]);
  });

  it('leaves the work to another replay that is running', async () => {
    const world = await ingested();
    let second: unknown;
    const aws = between(world, async () => {
      second = await replayOf(world, {}, { run: 'replay-2' });
    });
    await replayOf(world, {}, { aws });
    expect(second).toEqual({ tenant: 'acme', endpoint: 'call', outcome: 'lease_held', report: null });
  });

  it('shows in the status, and every part of it in a separate ledger', async () => {
    const world = await ingested();
    for (const { key } of await world.objects('segments/'))
      await deleteObject(world.aws, world.environment.LAKE_BUCKET, key);
    await replayOf(world);
    expect(await world.status('replay-call')).toMatchObject({
      seq: 1,
      records: 4,
      leaseUntil: null,
      lastRun: { run: 'replay-1', outcome: 'done', records: 4, requests: 0 },
    });
    const [batch] = await world.ledger('replay-call');
    expect(batch).toMatchObject({ run: 'replay-1', from: DAY, to: DAY, records: 4 });
    expect(batch?.objects.map(({ key, records }) => [key, records]).sort()).toEqual(
      (await world.objects('segments/')).map(({ key, records }) => [key, records.length]),
    );
  });

  it('records why it failed and continues from its last part', async () => {
    const world = await World.create(stores);
    callsOnThreeDays(world, 2);
    await world.ingest('call');
    const [, second] = await world.objects('raw/');
    const key = second?.key ?? '';
    await deleteObject(world.aws, world.environment.LAKE_BUCKET, key);
    await expect(replayOf(world)).rejects.toThrow(key);
    expect(await world.status('replay-call')).toMatchObject({
      seq: 1,
      leaseUntil: null,
      lastRun: { outcome: 'failed', error: expect.stringContaining(key) },
    });
  });

  it('is refused for an endpoint without facts and for rules that are not deployed', async () => {
    const world = await ingested();
    const team = findEndpoint('team') ?? CALL;
    await expect(replayOf(world, {}, { endpoint: team })).rejects.toThrow(
      new ConfigurationError('team has no facts: there is nothing to compute again'),
    );
    await expect(replayOf(world, { metricsVersion: 2 })).rejects.toThrow(
      new ConfigurationError('the deployed rules have version 1, not 2: deploy the version you mean first'),
    );
    expect((await replayOf(world, { metricsVersion: 1 })).report).toMatchObject({ same: 3 });
  });
});

describe('an item that is not like any of ours', () => {
  it('is replaced if it has no version at all', async () => {
    const world = await ingested(1);
    const [before = {}] = await world.metrics();
    await world.aws.dynamodb.send(
      new PutCommand({
        TableName: table(world),
        Item: { call_key: 'acme#1', source_updated_at: '', metrics_version: 0 },
      }),
    );
    expect((await replayOf(world)).report).toMatchObject({ changed: 1 });
    expect(await world.metrics()).toEqual([before]);
  });
});

/** The clients of a world; does something once, right after the first items were read. */
function between(world: World, work: () => Promise<unknown>) {
  let isDone = false;
  const { dynamodb } = world.aws;
  const send = async (command: object) => {
    const answer: unknown = await Reflect.apply(dynamodb.send, dynamodb, [command]);
    if (command.constructor.name === 'BatchGetCommand' && !isDone) {
      isDone = true;
      await work();
    }
    return answer;
  };
  return {
    ...world.aws,
    dynamodb: new Proxy(dynamodb, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) }),
  };
}
