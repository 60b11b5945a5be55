import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { curateTables } from '../../local/curation/curate-tables.ts';
import { ParquetCurator } from '../../local/curation/parquet-curator.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { call, World } from '../runs/run-world.ts';
import { newFolder, removeFolder } from '../sql/lake-of-lines.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
let folder: string;
beforeAll(async () => {
  stores = await startStores();
  folder = await newFolder();
});
afterAll(async () => {
  await stores.close();
  await removeFolder(folder);
});

const MOVED = ['call', 'call_segments', 'session_outcome', 'queue_visit', 'call_participant'];

/** Brings the folder and its curated tables up to date, as ingestion and curation would the bucket. */
async function curateAll(world: World, run: string): Promise<void> {
  for (const { key, lines } of await world.objects()) {
    const file = join(folder, key);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gzipSync(`${lines.join('\n')}\n`));
  }
  await using warehouse = await openWarehouse(folder, { threads: 1 });
  await curateTables({
    client: world.aws.dynamodb,
    stateTable: world.environment.STATE_TABLE,
    tenants: ['acme'],
    curator: new ParquetCurator(warehouse, folder),
    run,
  });
}

it('a call that moves to another day, or once had a change in the future, is the same in curated tables and views', async () => {
  const world = await World.create(stores);
  const moving = call(1, 60, { created_at: '2026-03-01T23:59:59.800Z' });
  const future = call(2, 50, { status: 'connected', updated_at: '2026-06-01T00:00:00.000Z' });
  const faraway = call(3, 40, { created_at: '2026-02-10T09:00:00.000Z' });
  const ingestAll = async () => {
    for (const endpoint of ['call', 'call_participant']) await world.ingest(endpoint);
  };
  world.platform.rows('/calls').push(moving, future, faraway);
  await ingestAll();
  await curateAll(world, '1');
  world.time.time += 600_000;
  Object.assign(moving, { created_at: '2026-03-02T00:00:00.300Z', updated_at: '2026-03-02T12:05:00.000Z' });
  Object.assign(future, { status: 'finished', updated_at: '2026-03-02T12:06:00.000Z' });
  Object.assign(faraway, { created_at: '2026-03-02T09:00:00.000Z', updated_at: '2026-03-02T12:07:00.000Z' });
  await ingestAll();
  await curateAll(world, '2');
  await using warehouse = await openWarehouse(folder, { threads: 1 });
  const rows = async (sql: string) => (await warehouse.query(sql)).rows;
  const curated = listCuratedTables().filter(({ view }) => MOVED.includes(view));
  expect(curated).toHaveLength(MOVED.length);
  for (const { name, view, key } of curated) {
    const shown = await rows(`SELECT * FROM ${view} ORDER BY ${key.join(', ')}`);
    expect(await rows(`SELECT * FROM ${name} ORDER BY ${key.join(', ')}`)).toEqual(shown);
  }
  expect(await rows('SELECT id, dt, status FROM curated_call ORDER BY id')).toEqual([
    { id: 1, dt: '2026-03-02', status: 'finished' },
    { id: 2, dt: '2026-03-02', status: 'finished' },
    { id: 3, dt: '2026-03-02', status: 'finished' },
  ]);
  const items = (await world.metrics()).map(({ call_id, day_key, status }) => [call_id, day_key, status]);
  expect(items.sort()).toEqual([
    [1, 'acme#2026-03-02#1', 'finished'],
    [2, 'acme#2026-03-02#2', 'finished'],
    [3, 'acme#2026-03-02#3', 'finished'],
  ]);
});
