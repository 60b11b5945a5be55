import { afterAll, beforeAll, expect, it } from 'vitest';
import { METRICS_TABLE_KEYS } from '../../lambdas/config/tables.ts';
import { Lake } from '../../lambdas/stores/lake.ts';
import { MetricsTable } from '../../lambdas/stores/metrics-table.ts';
import { type Stores, startStores } from '../support/stores.ts';
import { Meter } from './meter.ts';

let stores: Stores;
let meter: Meter;
let table: MetricsTable;
beforeAll(async () => {
  stores = await startStores();
  const { METRICS_TABLE } = stores.environment;
  meter = new Meter(new Map([[METRICS_TABLE, METRICS_TABLE_KEYS]]));
  meter.watch(stores.aws);
  table = new MetricsTable(stores.aws.dynamodb, METRICS_TABLE);
});
afterAll(() => stores.close());

/** Units since the last look. */
const spent = (() => {
  let before = { writes: 0, indexWrites: 0, reads: 0 };
  return () => {
    const total = (counts: ReadonlyMap<string, number>) => counts.get(table.name) ?? 0;
    const now = {
      writes: total(meter.writes),
      indexWrites: total(meter.indexWrites),
      reads: total(meter.reads),
    };
    const since = {
      writes: now.writes - before.writes,
      indexWrites: now.indexWrites - before.indexWrites,
      reads: now.reads - before.reads,
    };
    before = now;
    return since;
  };
})();

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

it('counts the units of an item and of each index entry that comes, goes or moves', async () => {
  await table.put(item(1));
  expect(spent()).toEqual({ writes: 1, indexWrites: 2, reads: 0 });
  await table.put(item(2));
  expect(spent()).toEqual({ writes: 1, indexWrites: 0, reads: 0 });
  await table.put(item(3, { agent_key: 'acme#7' }));
  expect(spent()).toEqual({ writes: 1, indexWrites: 1, reads: 0 });
  await table.put(item(4, { agent_key: 'acme#8', queue_key: 'acme#10' }));
  expect(spent()).toEqual({ writes: 1, indexWrites: 4, reads: 0 });
  await table.put(item(5, { segments: 'x'.repeat(1_000) }));
  expect(spent()).toEqual({ writes: 2, indexWrites: 3, reads: 0 });
});

it('counts a refused write like the write, and no index entry', async () => {
  await table.put(item(1));
  expect(spent()).toEqual({ writes: 1, indexWrites: 0, reads: 0 });
});

it('counts what is read consistently', async () => {
  await table.getMany(['acme#1']);
  expect(spent()).toEqual({ writes: 0, indexWrites: 0, reads: 1 });
});

it('counts objects by what is done with them, and their bytes', async () => {
  const lake = new Lake(stores.aws.s3, stores.environment.LAKE_BUCKET);
  const bytes = await lake.put('a', ['{}']);
  await lake.get('a');
  expect(Object.fromEntries(meter.objects)).toEqual({ PutObject: 1, GetObject: 1 });
  expect(meter.bytes).toBe(bytes);
});
