import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CurationStore } from '../../lambdas/curation/curation-store.ts';
import { type Curated, type Curator, curateTables } from '../../local/curation/curate-tables.ts';
import { ParquetCurator } from '../../local/curation/parquet-curator.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { createCuratedFreshnessView } from '../../sql/curated/curated-freshness-view.ts';
import { createMergeStatement } from '../../sql/curated/curated-statements.ts';
import { type CuratedTable, listCuratedTables } from '../../sql/curated/curated-tables.ts';
import type { Trino } from './engine/trino-client.ts';
import { icebergCurator } from './lake/iceberg-curator.ts';
import { placeLake, shareFiles } from './lake/place.ts';
import { type Centre, FIRST_DAY, startCentre, TENANT } from './lake/simulated-centre.ts';
import { differences, fromDuckDb, fromTrino, sorted } from './normalised-rows.ts';

const server = inject('trino');
const DATABASE = 'curation';
const TABLES = listCuratedTables();
/** Of different shapes: what is true of these is true of all. */
const SOME_TABLES = TABLES.filter(({ view }) => ['call', 'queue_visit', 'agent_status_history'].includes(view));

describe.skipIf(server === null)('curated tables', () => {
  let centre: Centre;
  let lake: string;
  let warehouse: Warehouse;
  let trino: Trino;

  const curateWith = (curator: Curator, run: string): Promise<Curated[]> =>
    curateTables({ ...centre.ingestion.state, tenants: [TENANT], curator, run });
  /** As if no table had ever been made. */
  const forgetTables = async () => {
    const { client, stateTable } = centre.ingestion.state;
    const store = new CurationStore(client, stateTable);
    for (const { name } of TABLES) await store.created(name, 'none', 'none');
  };
  /** The statement that merges the first day. */
  const mergeOf = (table: CuratedTable) =>
    createMergeStatement(table).replaceAll('{{tenant}}', `'${TENANT}'`).replaceAll('{{days}}', `'${FIRST_DAY}'`);
  const daysOf = (curated: readonly Curated[]) => curated.reduce((sum, { days }) => sum + days, 0);
  const rowsOf = async (name: string) => sorted(fromTrino(await trino.query(`SELECT * FROM ${name}`)));
  const expectEqualToView = async ({ name, view }: CuratedTable) => {
    const curated = await rowsOf(name);
    expect(curated.rows.length).toBeGreaterThan(0);
    expect(differences(await rowsOf(view), curated)).toEqual([]);
  };

  beforeAll(async () => {
    if (server === null) return;
    centre = await startCentre({ seats: 4, days: 4 });
    lake = centre.ingestion.lake;
    await centre.until(3);
    const place = { ...server, database: DATABASE, lake, tenants: [TENANT], historyStart: FIRST_DAY };
    trino = await placeLake(place);
    await curateWith(icebergCurator(trino, DATABASE), 'first');
  });
  afterAll(async () => {
    await warehouse?.close();
    await centre?.[Symbol.asyncDispose]();
  });

  it.each(TABLES)('$name holds what the view shows', expectEqualToView);

  it('a run without new batches merges nothing', async () => {
    expect(daysOf(await curateWith(icebergCurator(trino, DATABASE), 'idle'))).toBe(0);
  });

  it('a run that dies after a merge is repaired by the next one', async () => {
    await centre.until(4);
    await shareFiles(lake, `${server?.data}/${DATABASE}`);
    const working = icebergCurator(trino, DATABASE);
    const dying: Curator = {
      ...working,
      merge: async (table, ...merge) => {
        if (SOME_TABLES.includes(table)) await working.merge(table, ...merge);
        throw new Error('dies');
      },
    };
    await expect(curateWith(dying, 'dying')).rejects.toThrow('dies');
    expect(daysOf(await curateWith(working, 'next'))).toBeGreaterThan(0);
    for (const table of SOME_TABLES) await expectEqualToView(table);
  });

  it('a merge that is repeated changes no row and adds no file', async () => {
    const [call] = TABLES.filter(({ view }) => view === 'call');
    if (call === undefined) throw new Error('call is not curated');
    const snapshots = `SELECT count(*) FROM "${call.name}$files"`;
    const before = (await trino.query(snapshots)).rows;
    await trino.query(mergeOf(call));
    expect((await trino.query(snapshots)).rows).toEqual(before);
    await expectEqualToView(call);
  });

  it('a row that is gone from the view is gone from the table after the merge of its day', async () => {
    const [call] = TABLES.filter(({ view }) => view === 'call');
    if (call === undefined) throw new Error('call is not curated');
    await trino.query(`INSERT INTO ${call.name} (tenant, dt, id) VALUES ('${TENANT}', '${FIRST_DAY}', 999999999)`);
    await trino.query(mergeOf(call));
    await expectEqualToView(call);
  });

  it('a day of a table is read without its other days', async () => {
    const sql = `SELECT avg(handle_time) FROM curated_call_segments`;
    const all = await trino.query(sql);
    const one = await trino.query(`${sql} WHERE dt = '${FIRST_DAY}'`);
    const count = await trino.query(`SELECT count(*) FROM curated_call_segments WHERE dt = '${FIRST_DAY}'`);
    expect(one.rowsRead).toBe(count.rows[0]?.[0]);
    expect(one.rowsRead).toBeLessThan(all.rowsRead);
  });

  it('after small files were put together and old snapshots removed, the rows are the same', async () => {
    for (const { name } of SOME_TABLES) {
      await trino.query(`ALTER TABLE ${name} EXECUTE optimize`);
      await trino.query(`ALTER TABLE ${name} EXECUTE expire_snapshots(retention_threshold => '0s')`);
    }
    for (const table of SOME_TABLES) await expectEqualToView(table);
  });

  it('DuckDB’s Parquet files hold the same rows as Trino’s Iceberg tables, and both tell how fresh they are', async () => {
    await using views = await openWarehouse(lake);
    await forgetTables();
    await curateWith(new ParquetCurator(views, lake), 'parquet');
    warehouse = await openWarehouse(lake);
    for (const { name } of TABLES) {
      const own = sorted(fromDuckDb(await warehouse.query(`SELECT * FROM ${name}`)));
      expect(own.rows.length).toBeGreaterThan(0);
      expect(differences(own, await rowsOf(name))).toEqual([]);
    }
    const freshness = `${createCuratedFreshnessView().sql} ORDER BY table_name`;
    const own = fromDuckDb(await warehouse.query(freshness));
    expect(own.rows).toHaveLength(TABLES.length);
    expect(differences(own, fromTrino(await trino.query(freshness)))).toEqual([]);
  });
});
