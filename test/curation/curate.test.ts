import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACT_TABLES } from '../../catalog/fact-columns.ts';
import { ENDPOINTS } from '../../catalog/index.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { curate } from '../../lambdas/curation/curate.ts';
import { type Curator, curateTables } from '../../local/curation/curate-tables.ts';
import { ParquetCurator } from '../../local/curation/parquet-curator.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { createViews } from '../../sql/all-views.ts';
import { createMergeStatement } from '../../sql/curated/curated-statements.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { replayOf } from '../replay/replay-world.ts';
import { World } from '../runs/run-world.ts';
import { newFolder, removeFolder, writeObjects } from '../sql/lake-of-lines.ts';
import { deleteObject, type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** A curator that only records its requests. */
function recorder() {
  const merges: { table: string; tenant: string; days: readonly string[]; statement: string }[] = [];
  const created: string[] = [];
  const curator: Curator = {
    create: async ({ name }) => void created.push(name),
    merge: async ({ name }, merge) => void merges.push({ table: name, ...merge }),
  };
  return { merges, created, curator };
}

const optionsOf = (world: World) => ({
  client: world.aws.dynamodb,
  stateTable: world.environment.STATE_TABLE,
  tenants: ['acme'],
});

describe('curation', () => {
  it('merges each batch once, and creates every table once', async () => {
    const world = await World.create(stores);
    world.calls(3);
    await world.ingest('call');
    const first = recorder();
    await curateTables({ ...optionsOf(world), curator: first.curator, run: '1' });
    expect(first.created).toEqual(listCuratedTables().map(({ name }) => name));
    expect(first.merges.map(({ table, tenant, days }) => [table, tenant, days])).toEqual([
      ['curated_call', 'acme', ['2026-03-02']],
      ['curated_call_segments', 'acme', ['2026-03-02']],
      ...FACT_TABLES.map(({ name }) => [`curated_${name}`, 'acme', ['2026-03-02']]),
    ]);
    expect(first.merges[0]?.statement).toContain(`WHERE tenant = 'acme' AND dt IN ('2026-03-02')`);
    const second = recorder();
    await curateTables({ ...optionsOf(world), curator: second.curator, run: '2' });
    expect(second).toMatchObject({ created: [], merges: [] });
  });

  it('merges what a replay wrote, once', async () => {
    const world = await World.create(stores);
    world.calls(2);
    await world.ingest('call');
    await curateTables({ ...optionsOf(world), curator: recorder().curator, run: '1' });
    for (const { key } of await world.objects('segments/'))
      await deleteObject(world.aws, world.environment.LAKE_BUCKET, key);
    await replayOf(world);
    const after = recorder();
    await curateTables({ ...optionsOf(world), curator: after.curator, run: '2' });
    expect(after.merges.map(({ table, days }) => [table, days])).toEqual(
      ['call_segments', ...FACT_TABLES.map(({ name }) => name)].map((name) => [`curated_${name}`, ['2026-03-02']]),
    );
    // a replay that finds everything equal writes nothing
    await replayOf(world);
    const idle = recorder();
    await curateTables({ ...optionsOf(world), curator: idle.curator, run: '3' });
    expect(idle.merges).toEqual([]);
  });

  it('repeats a merge if the run died before it recorded the merge', async () => {
    const world = await World.create(stores);
    world.calls(1);
    await world.ingest('call');
    const dying: Curator = {
      create: async () => undefined,
      merge: async () => {
        throw new Error('dies');
      },
    };
    await expect(curateTables({ ...optionsOf(world), curator: dying, run: '1' })).rejects.toThrow('dies');
    const { merges, curator } = recorder();
    await curateTables({ ...optionsOf(world), curator, run: '2' });
    expect(merges.map(({ table }) => table)).toEqual([
      'curated_call',
      'curated_call_segments',
      ...FACT_TABLES.map(({ name }) => `curated_${name}`),
    ]);
  });

  it('merges later tenants if the merge of one tenant fails, and then fails', async () => {
    const world = await World.create(stores);
    for (const name of ['acme', 'beta']) {
      world.tenant = { ...world.tenant, name };
      world.calls(1);
      await world.ingest('call');
    }
    const merged: string[] = [];
    const curator: Curator = {
      create: async () => undefined,
      merge: async ({ name }, { tenant }) => {
        if (tenant === 'acme') throw new Error('refused');
        merged.push(`${tenant} ${name}`);
      },
    };
    const curation = curateTables({ ...optionsOf(world), tenants: ['acme', 'beta'], curator, run: '1' });
    await expect(curation).rejects.toThrow('refused');
    expect(merged).toEqual([
      'beta curated_call',
      'beta curated_call_segments',
      ...FACT_TABLES.map(({ name }) => `beta curated_${name}`),
    ]);
  });

  it('keeps its position when a run reports a step that another run has passed', async () => {
    const world = await World.create(stores);
    world.calls(1);
    await world.ingest('call');
    const [table] = listCuratedTables().filter(({ name }) => name === 'curated_call');
    if (table === undefined) throw new Error('call is not curated');
    const ask = (done: { ledger: string; from: object; to: object } | null) =>
      curate(world.aws.dynamodb, world.environment.STATE_TABLE, {
        action: 'next',
        table: table.name,
        tenant: 'acme',
        endpoint: [...table.endpoints],
        zone: table.zone,
        merge: createMergeStatement(table),
        done: done as never,
      });
    await expect(ask(null)).rejects.toThrow(ConfigurationError);
    const { curator } = recorder();
    await curateTables({ ...optionsOf(world), curator, run: '1' });
    world.calls(1);
    await world.ingest('call');
    await curateTables({ ...optionsOf(world), curator, run: '2' });
    expect(await ask({ ledger: 'call', from: { seq: 0, day: '' }, to: { seq: 1, day: '' } })).toEqual({ next: 'end' });
  });

  it('starts from the beginning of the ledger when a table was recreated', async () => {
    const world = await World.create(stores);
    world.calls(1);
    await world.ingest('call');
    const { curator } = recorder();
    await curateTables({ ...optionsOf(world), curator, run: '1' });
    const made = { action: 'created', table: 'curated_call', shape: 'other', run: 'x' } as const;
    await curate(world.aws.dynamodb, world.environment.STATE_TABLE, made);
    const again = recorder();
    await curateTables({ ...optionsOf(world), curator: again.curator, run: '2' });
    expect(again.created).toEqual(['curated_call']);
    expect(again.merges.map(({ table }) => table)).toEqual(['curated_call']);
  });
});

describe('on a laptop', () => {
  it('curated tables hold the rows of their views, day by day as batches come, and nothing that is gone', async () => {
    const lake = await newFolder();
    const call = (id: number, status: string, batch: number) => ({
      id,
      status,
      created_at: '2026-03-02T10:00:00.000Z',
      updated_at: `2026-03-02T10:00:0${batch}.000Z`,
      _extracted_at: `2026-03-02T11:00:0${batch}.000Z`,
      _batch: String(batch).padStart(10, '0'),
    });
    const [table] = listCuratedTables().filter(({ name }) => name === 'curated_call');
    if (table === undefined) throw new Error('call is not curated');
    const merge = async (days: readonly string[]) => {
      await using warehouse = await openWarehouse(lake);
      await new ParquetCurator(warehouse, lake).merge(table, { tenant: 'acme', days });
    };
    const rows = async (name: string) => {
      await using warehouse = await openWarehouse(lake);
      return (await warehouse.query(`SELECT * FROM ${name} ORDER BY dt, id`)).rows;
    };
    try {
      const at = (day: string) => `raw/call/tenant=acme/dt=${day}`;
      await writeObjects(lake, { [`${at('2026-03-02')}/1`]: [call(1, 'queued', 1), call(2, 'queued', 1)] });
      const [other] = await writeObjects(lake, { [`${at('2026-03-03')}/1`]: [call(3, 'queued', 1)] });
      expect(await rows('curated_call')).toEqual([]);
      await merge(['2026-03-02', '2026-03-03']);
      expect(await rows('curated_call')).toEqual(await rows('call'));
      await writeObjects(lake, { [`${at('2026-03-02')}/2`]: [call(1, 'finished', 2)] });
      await rm(other ?? '');
      expect(await rows('curated_call')).not.toEqual(await rows('call'));
      await merge(['2026-03-02', '2026-03-03']);
      expect(await rows('curated_call')).toEqual(await rows('call'));
      expect((await rows('curated_call')).map(({ status }) => status)).toEqual(['finished', 'queued']);
      expect((await readdir(join(lake, 'curated'))).sort()).toEqual(['call']);
      const [fresh] = await rows('(SELECT *, newest_dt AS dt, table_name AS id FROM curated_freshness)');
      expect(fresh).toMatchObject({
        table_name: 'curated_call',
        tenant: 'acme',
        records: 2,
        newest_batch: '0000000002',
      });
    } finally {
      await removeFolder(lake);
    }
  });
});

it('a curated table has the columns of its view, and a key of columns that it has', () => {
  for (const { name, view, columns, key } of listCuratedTables()) {
    expect(name).toBe(`curated_${view}`);
    expect(columns).toEqual(createViews().find((each) => each.name === view)?.columns);
    expect(columns.map((column) => column.name)).toEqual(expect.arrayContaining([...key]));
  }
  expect(
    listCuratedTables()
      .map(({ view }) => view)
      .sort(),
  ).toEqual(
    [
      ...ENDPOINTS.filter(({ curated }) => curated).map(({ name }) => name),
      'call_segments',
      ...FACT_TABLES.map(({ name }) => name),
    ].sort(),
  );
});
