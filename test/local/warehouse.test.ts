import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { LakeNotFoundError, QueryError } from '../../local/warehouse/warehouse-errors.ts';
import { createViews } from '../../sql/all-views.ts';
import { createCuratedFreshnessView } from '../../sql/curated/curated-freshness-view.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import {
  at,
  ENDINGS,
  newFolder,
  objectKey,
  origin,
  removeFolder,
  withLake,
  writeObjects,
} from '../sql/lake-of-lines.ts';

let folder: string;
let warehouse: Warehouse;
beforeAll(async () => {
  folder = await newFolder();
  await writeObjects(folder, { [objectKey('raw/call')]: [{ id: 1, status: 'finished', ...origin('10:00') }] });
  warehouse = await openWarehouse(folder);
});
afterAll(async () => {
  await warehouse.close();
  await removeFolder(folder);
});

const answerTo = async (expression: string) => (await warehouse.query(`SELECT ${expression} AS value`)).rows[0]?.value;
const failure = (sql: string) => warehouse.query(sql).then(() => 'no error', String);

describe('the files of a lake', () => {
  it.each(ENDINGS)('are read if they end in %s', async (ending) => {
    const count = await withLake(
      {
        [objectKey('raw/call')]: [
          { id: 1, ...origin('10:00') },
          { id: 2, ...origin('10:00') },
        ],
      },
      async (lake) => {
        await using opened = await openWarehouse(lake);
        return (await opened.query('SELECT count(*) AS calls FROM call')).rows;
      },
      ending,
    );
    expect(count).toEqual([{ calls: 2 }]);
  });

  it('are those at the time of the query, without other files', async () => {
    const key = objectKey('raw/call', 2);
    const calls = async () => (await warehouse.query('SELECT count(*) AS calls FROM call')).rows[0]?.calls;
    const [file = ''] = await writeObjects(folder, { [key]: [{ id: 2, ...origin('10:00') }] }, '.ndjson.gz');
    const foreign = [`${key}.ndjson.gz._S3rver_metadata.json`, `${key}.tmp`, 'raw/call/README.md'];
    await Promise.all(foreign.map((name) => writeFile(join(folder, name), '{"id":3}\n')));
    expect(await calls()).toBe(2);
    await rm(file);
    await Promise.all(foreign.map((name) => rm(join(folder, name))));
    expect(await calls()).toBe(1);
  });

  it('may be in a folder whose name is a pattern, has quotes or blanks', async () => {
    const rows = await withLake({}, async (parent) => {
      const lake = join(parent, "it's [a-z] {x,y} lake=1 tenant=no ö");
      await writeObjects(lake, { [objectKey('raw/call')]: [{ id: 1, ...origin('10:00') }] });
      await using opened = await openWarehouse(lake);
      return (await opened.query('SELECT tenant, dt, id FROM call')).rows;
    });
    expect(rows).toEqual([{ tenant: 'acme', dt: '2026-03-02', id: 1 }]);
  });

  it('are distinguished by tenant and day as texts', async () => {
    const rows = await withLake(
      { 'raw/call/tenant=007/dt=2026-03-02/0000000001-x': [{ id: 1, ...origin('10:00') }] },
      async (lake) => {
        await using opened = await openWarehouse(lake);
        return (await opened.query(`SELECT tenant FROM call WHERE dt = '2026-03-02'`)).rows;
      },
    );
    expect(rows).toEqual([{ tenant: '007' }]);
  });

  it('make a query fail with a sentence if one of them is damaged', async () => {
    const message = await withLake({ [objectKey('raw/call')]: [{ id: 1, ...origin('10:00') }] }, async (lake) => {
      await writeFile(join(lake, `${objectKey('raw/call', 2)}.ndjson.gz`), 'this is not gzip');
      await using opened = await openWarehouse(lake);
      return await opened.query('SELECT id FROM call').then(() => 'no error', String);
    });
    expect(message).toMatch(/^QueryError: .*GZIP/);
    expect(message).not.toContain('\n');
  });
});

describe('a filter on the day', () => {
  const VIEWS = {
    call: 'raw/call',
    call_history: 'raw/call',
    call_segments: 'segments',
    call_participant: 'raw/call_participant',
  };

  it.each(Object.entries(VIEWS))('of the view %s keeps the files of other days from being read', async (view, zone) => {
    const [pruned, whole] = await withLake({ [objectKey(zone)]: [{ id: 1, ...origin('10:00') }] }, async (lake) => {
      const damaged = join(lake, `${objectKey(zone, 1, { dt: '2026-03-03' })}.ndjson.gz`);
      await mkdir(dirname(damaged));
      await writeFile(damaged, 'a query that reads this fails');
      await using opened = await openWarehouse(lake);
      const count = (where: string) => opened.query(`SELECT count(*) AS count FROM ${view} ${where}`);
      const { rows } = await count("WHERE dt = '2026-03-02'");
      return [rows, await count('').then(() => 'no error', String)];
    });
    expect(pruned).toEqual([{ count: 1 }]);
    expect(whole).toMatch(/^QueryError: /);
  });
});

describe('a folder that is not a lake', () => {
  it('is refused with what to do', async () => {
    const missing = join(folder, 'not', 'there');
    const error = await openWarehouse(missing).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LakeNotFoundError);
    expect(String(error)).toBe(
      `LakeNotFoundError: no lake at ${missing}: there is no such folder. Ingest into it first, or choose the folder of another lake`,
    );
  });

  it('is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(openWarehouse(file)).rejects.toThrow(
      /^no lake at .*file: it cannot be read \(.*ENOTDIR.*\)\. Ingest into it/,
    );
  });

  it('does not include an empty folder, which is a lake without rows', async () => {
    const rows = await withLake({}, async (lake) => {
      await mkdir(join(lake, 'raw'));
      await using opened = await openWarehouse(lake);
      return (await opened.query('SELECT id FROM agent')).rows;
    });
    expect(rows).toEqual([]);
  });
});

describe('a query that cannot be answered', () => {
  it.each([
    [
      'SELECT * FROM calls',
      /^QueryError: there is no table "calls"; did you mean "call"\? there are call, (\w+, ){4}\w+ and \d+ more \(SHOW TABLES lists all\) \(line 1, at "calls"\)$/,
    ],
    [
      'SELECT stat FROM call',
      /^QueryError: there is no column "stat"; near names are .*"status".* \(line 1, at "stat FROM call"\)$/,
    ],
    ['SELECT c.nothing FROM call AS c', /^QueryError: there is no column "nothing".* \(line 1, at "c.nothing/],
    [
      'SELECT\n  foo(1)',
      /^QueryError: there is no function "foo" in DuckDB, which runs the queries on this machine \(line 2, at "foo\(1\)"\)$/,
    ],
    ['SELEC 1', /^QueryError: the SQL has a syntax error at or near "SELEC" \(line 1, at "SELEC 1"\)$/],
    ['SELECT 1 +', /^QueryError: the SQL has a syntax error at end of input/],
    ["SELECT CAST('x' AS bigint)", /^QueryError: Could not convert string 'x' to INT64/],
    ['', /^QueryError: there is no SQL in the query$/],
    ['/* nothing */', /^QueryError: there is no SQL in the query$/],
    [' ;\n-- only a comment\n;', /^QueryError: there is no SQL in the query$/],
  ])('%s', async (sql, message) => {
    const text = await failure(sql);
    expect(text).toMatch(message);
    expect(text).not.toContain('\n');
  });

  it('is a QueryError with its cause, and the next query is answered', async () => {
    const error = await warehouse.query('SELECT 1 FROM nowhere').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QueryError);
    expect(error).toHaveProperty('cause', expect.any(Error));
    expect(await answerTo('1')).toBe(1);
  });

  it.each([
    "SELECT * FROM read_text('/etc/hostname')",
    "COPY (SELECT 1) TO '/tmp/out-of-the-lake.csv'",
    "ATTACH '/tmp/other.db'",
    'SET enable_external_access = true',
    'INSTALL httpfs',
  ])('reaches out of the lake: %s', async (sql) => {
    expect(await failure(sql)).toMatch(/^QueryError: /);
  });
});

describe('an answer', () => {
  it('has values that JSON can represent', async () => {
    const values: Record<string, unknown> = {
      '1': 1,
      "'text'": 'text',
      true: true,
      NULL: null,
      'CAST(9007199254740991 AS bigint)': 9_007_199_254_740_991,
      'CAST(9007199254740992 AS bigint)': '9007199254740992',
      'CAST(-9223372036854775808 AS bigint)': '-9223372036854775808',
      '(SELECT sum(x) FROM (VALUES (1), (2)) AS t (x))': 3,
      '1.25': 1.25,
      'CAST(0.1 AS double)': 0.1,
      "CAST('NaN' AS double)": 'NaN',
      "CAST('-Infinity' AS double)": '-Infinity',
      '7 / 2': 3,
      '7 / 2e0': 3.5,
      "DATE '2026-03-02'": '2026-03-02',
      "TIMESTAMP '2026-03-02 10:00:00.123'": '2026-03-02T10:00:00.123Z',
      "CAST(TIMESTAMP '2026-03-02 10:00:00.123' AS timestamp(3))": '2026-03-02T10:00:00.123Z',
      "TIMESTAMP '1969-12-31 23:59:59.999'": '1969-12-31T23:59:59.999Z',
      "CAST('2026-03-02 10:00:00+02' AS timestamptz)": '2026-03-02T08:00:00.000Z',
      "CAST('infinity' AS timestamp)": 'infinity',
      'ARRAY[1, NULL, 9007199254740993]': [1, null, '9007199254740993'],
      "MAP(ARRAY['a'], ARRAY[DATE '2026-03-02'])": { a: '2026-03-02' },
      "{'a': 1.5, 'b': [true]}": { a: 1.5, b: [true] },
    };
    for (const [expression, value] of Object.entries(values)) {
      const answer = await answerTo(expression);
      expect([expression, answer]).toEqual([expression, value]);
      expect(JSON.parse(JSON.stringify(answer))).toEqual(value);
    }
  });

  it('has names and types of its columns in their order; equal names stay apart', async () => {
    const { columns, rows } = await warehouse.query('SELECT id, created_at, status, extracted_at, 1 AS id FROM call');
    expect(columns).toEqual([
      { name: 'id', type: 'bigint' },
      { name: 'created_at', type: 'timestamp' },
      { name: 'status', type: 'varchar' },
      { name: 'extracted_at', type: 'timestamp' },
      { name: 'id:1', type: 'integer' },
    ]);
    expect(rows).toEqual([{ id: 1, created_at: null, status: 'finished', extracted_at: at('10:00'), 'id:1': 1 }]);
  });

  it('is that of the last of several statements', async () => {
    expect((await warehouse.query('SELECT 1 AS a; SELECT 2 AS b;')).rows).toEqual([{ b: 2 }]);
  });

  it.each(['SHOW TABLES', 'DESCRIBE call', 'WITH a AS (SELECT 1 AS b) SELECT * FROM a'])(
    'is given for %s',
    async (sql) => expect((await warehouse.query(sql)).rows.length).toBeGreaterThan(0),
  );
});

it.each([
  ['COPY', (file: string) => `COPY (SELECT 1) TO '${file}' (FORMAT csv)`],
  ['COPY after a SELECT', (file: string) => `SELECT 1; COPY (SELECT 1) TO '${file}' (FORMAT csv)`],
  ['COPY before a SELECT', (file: string) => `COPY (SELECT 1) TO '${file}' (FORMAT csv); SELECT 1`],
  ['EXPLAIN ANALYZE COPY', (file: string) => `EXPLAIN ANALYZE COPY (SELECT 1) TO '${file}' (FORMAT csv)`],
  ['PREPARE', (file: string) => `PREPARE p AS COPY (SELECT 1) TO '${file}' (FORMAT csv); EXECUTE p`],
  ['ATTACH', (file: string) => `ATTACH '${file}' AS other`],
  ['EXPORT', (file: string) => `EXPORT DATABASE '${file}'`],
  ['CREATE', () => 'CREATE TABLE t AS SELECT 1 AS a'],
  ['DROP', () => 'DROP VIEW call'],
])('a question cannot write: %s', async (_, statement) => {
  const file = join(folder, 'written');
  expect(await failure(statement(file))).toContain('a query can only read');
  await expect(access(file)).rejects.toThrow('ENOENT');
  expect((await warehouse.query('SELECT count(*) AS calls FROM call')).rows).toHaveLength(1);
});

it('lists the views, curated and raw tables by name, views first', () => {
  expect(warehouse.tables).toEqual(
    [...createViews(), createCuratedFreshnessView(), ...listCuratedTables(), ...listRawTables()].map(
      ({ name }) => name,
    ),
  );
});

describe('views are created when a query needs them', () => {
  it.each([
    ['SHOW TABLES', 'name'],
    ['SHOW', 'name'],
    ['DESCRIBE', 'name'],
    ['desc', 'name'],
    ['FROM (DESCRIBE)', 'name'],
    ['DESCRIBE TABLES', 'name'],
    ['PRAGMA show_tables', 'name'],
    ['PRAGMA show_tables_expanded', 'name'],
    ["SELECT view_name AS name FROM duckdb_views() WHERE schema_name = 'ccaip'", 'name'],
    ["SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'ccaip'", 'name'],
  ])('all of them by %s, in a new warehouse and after another query', async (sql, column) => {
    await using fresh = await openWarehouse(folder);
    const list = async () => new Set((await fresh.query(sql)).rows.map((row) => row[column]));
    const [first, second] = [await list(), await list()];
    expect(first).toEqual(new Set(fresh.tables));
    expect(second).toEqual(first);
    await using used = await openWarehouse(folder);
    await used.query('SELECT count(*) FROM agent');
    expect(new Set((await used.query(sql)).rows.map((row) => row[column]))).toEqual(first);
  });

  it('in whatever order and case they are named, and by queries at the same time', async () => {
    await using fresh = await openWarehouse(folder);
    const counts = (names: readonly string[]) =>
      Promise.all(names.map(async (name) => (await fresh.query(`SELECT count(*) AS rows FROM ${name}`)).rows));
    const known = await Promise.all(
      warehouse.tables.map(async (name) => (await warehouse.query(`SELECT count(*) AS rows FROM ${name}`)).rows),
    );
    expect(await counts(warehouse.tables.map((name) => `"${name.toUpperCase()}"`))).toEqual(known);
    expect(await counts(warehouse.tables.toReversed())).toEqual(known.toReversed());
  });

  it('also if a query computes their names', async () => {
    await using fresh = await openWarehouse(folder);
    const sql = "SELECT * FROM query('SELECT count(*) AS calls FROM ' || 'ca' || 'll')";
    expect((await fresh.query(sql)).rows).toEqual((await fresh.query('SELECT count(*) AS calls FROM call')).rows);
    await expect(fresh.query("SELECT * FROM query('SELECT 1 FROM ' || 'no' || 'thing')")).rejects.toThrow('nothing');
  });

  it('also after a query that fails', async () => {
    await using fresh = await openWarehouse(folder);
    await expect(fresh.query('SELECT nothing FROM call')).rejects.toThrow('nothing');
    expect((await fresh.query('SELECT count(*) AS calls FROM call_history')).rows).toHaveLength(1);
  });
});
