import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { encodeLines, Lake } from '../../lambdas/lake/lake.ts';
import { MetricsTable } from '../../lambdas/metrics/metrics-table.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { call, World } from '../runs/run-world.ts';
import { startStores } from '../support/test-stores.ts';
import { Meter } from './meter.ts';

const ENVIRONMENT = { LAKE_BUCKET: 'lake', METRICS_TABLE: 'metrics', STATE_TABLE: 'state' };
const SECRET = '{"username":"acme","password":"a-secret-token"}';

const newMeter = () => new Meter({ metrics: METRICS_TABLE_KEYS, state: STATE_TABLE_KEYS }, SECRET);

/** A metrics table, and the units since the last look. */
function metered() {
  const meter = newMeter();
  const spent = () => {
    const units = { writes: meter.writes.get('metrics') ?? 0, indexWrites: meter.indexWrites.get('metrics') ?? 0 };
    meter.reset();
    return units;
  };
  return { table: new MetricsTable(meter.aws.dynamodb, 'metrics'), spent };
}

const item = (second: number, changes: object = {}) => ({
  call_key: 'acme#1',
  day_key: 'acme#2026-03-02#1',
  queue_key: 'acme#9',
  created_at: '2026-03-02T10:00:00.000Z',
  source_updated_at: `2026-03-02T10:00:0${second}.000Z`,
  metrics_version: 1,
  ingested_at: '2026-03-02T10:01:00.000Z',
  ...changes,
});

it('counts the units of an item and of each index entry that is created, deleted or moved', async () => {
  const { table, spent } = metered();
  await table.put(item(1));
  expect(spent()).toEqual({ writes: 1, indexWrites: 2 });
  await table.put(item(2));
  expect(spent()).toEqual({ writes: 1, indexWrites: 0 });
  await table.put(item(3, { agent_key: 'acme#7' }));
  expect(spent()).toEqual({ writes: 1, indexWrites: 1 });
  await table.put(item(4, { agent_key: 'acme#8', queue_key: 'acme#10' }));
  expect(spent()).toEqual({ writes: 1, indexWrites: 4 });
  await table.put(item(5, { segments: 'x'.repeat(1_000) }));
  expect(spent()).toEqual({ writes: 2, indexWrites: 3 });
});

it('counts a write that shrinks an item by its earlier size', async () => {
  const { table, spent } = metered();
  await table.put(item(1, { segments: 'x'.repeat(3_000) }));
  expect(spent().writes).toBe(4);
  await table.put(item(2));
  expect(spent().writes).toBe(4);
});

it('counts a refused write like a successful one, but no index entry', async () => {
  const { table, spent } = metered();
  await table.put(item(2));
  spent();
  expect(await table.put(item(1, { queue_key: 'acme#10' }))).toBe('kept');
  expect(spent()).toEqual({ writes: 1, indexWrites: 0 });
});

it('counts each insert of a batch like a put, including refused ones', async () => {
  const { table, spent } = metered();
  const other = { call_key: 'acme#2', agent_key: 'acme#7' };
  await table.insert([item(1), item(1, { ...other, segments: 'x'.repeat(1_000) })]);
  expect(spent()).toEqual({ writes: 3, indexWrites: 5 });
  expect((await table.insert([item(2), item(2, other), item(2, { call_key: 'acme#3' })])).known).toHaveLength(2);
  // one and two units for what is there, one for the new item and two for its index entries
  expect(spent()).toEqual({ writes: 4, indexWrites: 2 });
});

it('counts simultaneous requests as one wait', async () => {
  const meter = newMeter();
  const table = new MetricsTable(meter.aws.dynamodb, 'metrics');
  await Promise.all([1, 2, 3].map((number) => table.put(item(1, { call_key: `acme#${number}` }))));
  expect({ calls: meter.calls, waits: meter.waits }).toEqual({ calls: 3, waits: 1 });
  await table.put(item(2));
  expect({ calls: meter.calls, waits: meter.waits }).toEqual({ calls: 4, waits: 2 });
});

it('counts objects by their zone, and their bytes', async () => {
  const meter = newMeter();
  const lake = new Lake(meter.aws.s3, 'lake');
  const bytes = await lake.put('raw/call/a', encodeLines(['{}']));
  await lake.put('segments/a', encodeLines(['{}']));
  await lake.get('raw/call/a');
  expect(Object.fromEntries(meter.puts)).toEqual({ raw: 1, segments: 1 });
  expect(Object.fromEntries(meter.gets)).toEqual({ raw: 1 });
  expect(meter.bytes).toBe(2 * bytes);
});

/** Runs that find calls, changed calls, nothing, and what is inside the calls. */
async function live(world: World): Promise<void> {
  const rows = world.platform.rows('/calls');
  rows.push(...Array.from({ length: 30 }, (_, i) => call(i + 1, 20 + i)));
  for (let round = 0; round < 3; round++) {
    for (const endpoint of ['call', 'call_participant', 'photo']) await world.ingest(endpoint);
    world.time.time += 300_000;
    if (round === 0) rows.splice(0, 10, ...Array.from({ length: 10 }, (_, i) => call(i + 1, 2, { status: 'failed' })));
  }
}

it('counts the units that the embedded DynamoDB bills for the same runs', async () => {
  const stores = await startStores();
  onTestFinished(() => stores.close());
  const real = await World.create(stores);
  const billed = billedBy(stores.aws.dynamodb);
  await live(real);

  const meter = newMeter();
  await live(await World.create({ aws: meter.aws, fresh: async () => ENVIRONMENT }));

  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((all, one) => all + one, 0);
  expect(billed.writes).toBeGreaterThan(50);
  expect(sum(meter.writes)).toBe(billed.writes);
  // the embedded one takes nothing for a query that finds nothing
  expect(sum(meter.reads)).toBeGreaterThanOrEqual(billed.reads);
});

/** What the embedded DynamoDB bills from now on; refused writes, which it does not tell, at one unit. */
function billedBy(dynamodb: DynamoDBDocumentClient) {
  const billed = { writes: 0, reads: 0 };
  dynamodb.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const kind = /^(Put|Update)/.test(commandName) ? 'writes' : 'reads';
        Object.assign(args.input, { ReturnConsumedCapacity: 'TOTAL' });
        try {
          const result = await next(args);
          // a batch tells it for each table
          for (const consumed of [Object(result.output).ConsumedCapacity].flat())
            billed[kind] += Number(Object(consumed).CapacityUnits);
          return result;
        } catch (error) {
          billed[kind] += 1;
          throw error;
        }
      },
    { step: 'initialize', priority: 'low' },
  );
  return billed;
}
