import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { createViews } from '../../sql/all-views.ts';
import { createCuratedFreshnessView } from '../../sql/curated/curated-freshness-view.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import { createCurated } from './curated-views.ts';
import { assertLake, createFilePatterns, escapeGlob } from './lake-files.ts';
import { createMacros } from './macros.ts';
import { createEmpty, createFromFiles, quoteText } from './raw-views.ts';
import { Warehouse } from './warehouse.ts';
import { WarehouseViews } from './warehouse-views.ts';

/** Name of the database, as in Athena. */
const DATABASE = 'ccaip';

export interface WarehouseOptions {
  /**
   * Threads of a query. Each uses some hundred megabytes while it reads JSON.
   * @default - one per core, at most 4
   */
  readonly threads?: number;
}

/** DuckDB may use half of this machine's memory, and at least a gigabyte. */
const MEMORY = Math.max(1_000_000_000, Math.floor(totalmem() / 2));
const MAX_THREADS = 4;

/**
 * Opens a lake folder for queries. Nothing is copied or indexed. Each query reads the current files.
 * @param lakeDir folder with `raw/`, `segments/`, `quarantine/` and `drift/`: the bucket's folder of the embedded S3, or a copy of a bucket
 * @throws LakeNotFoundError if the folder is missing or cannot be read
 * @example
 * await using warehouse = await openWarehouse('.ccaip/s3/lake');
 * const { rows } = await warehouse.query('SELECT count(*) AS calls FROM call');
 */
export async function openWarehouse(lakeDir: string, { threads }: WarehouseOptions = {}): Promise<Warehouse> {
  const lake = resolve(lakeDir);
  await assertLake(lake);
  const tables = await Promise.all(
    listRawTables().map(async (table) => ({ table, patterns: await createFilePatterns(lake, table) })),
  );
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const freshness = createCuratedFreshnessView();
  const statements = [
    ...settings(lake, threads ?? Math.min(MAX_THREADS, availableParallelism())),
    `CREATE SCHEMA ${DATABASE}; USE ${DATABASE};`,
    createMacros(),
  ];
  await connection.run(statements.join('\n'));
  const raw = tables.map(({ table, patterns }) => {
    const empty = createEmpty(table);
    return { name: table.name, empty, sql: patterns.length > 0 ? createFromFiles(table, patterns) : empty };
  });
  const curated = await Promise.all(listCuratedTables().map((table) => createCurated(lake, table)));
  const views = [...createViews(), freshness].map(({ name, sql }) => ({
    name,
    sql: `CREATE VIEW ${name} AS\n${sql};`,
  }));
  return new Warehouse(instance, connection, new WarehouseViews(connection, [...curated, ...raw], views));
}

/** Statements that make DuckDB behave like Athena and restrict it to the lake. */
function settings(lake: string, threads: number): string[] {
  return [
    "SET TimeZone = 'UTC';",
    `SET memory_limit = '${MEMORY} B';`,
    `SET threads = ${threads};`,
    // 7 / 2 is 3, as in Athena
    'SET integer_division = true;',
    // the order of lines is not needed, and keeping it costs memory
    'SET preserve_insertion_order = false;',
    `SET temp_directory = ${quoteText(join(tmpdir(), `ccaip-warehouse-${process.pid}`))};`,
    // the folder as a path and as a pattern, because both are compared as texts
    `SET allowed_directories = [${quoteText(lake)}, ${quoteText(escapeGlob(lake))}];`,
    'SET enable_external_access = false;',
    'SET lock_configuration = true;',
  ];
}
