import { describe, expect, it } from 'vitest';
import { CALL_SEGMENTS_COLUMNS } from '../../catalog/call-segments-columns.ts';
import { FACT_TABLES } from '../../catalog/fact-columns.ts';
import { type Column, type Columns, ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { createViews } from '../../sql/all-views.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import { generateValue, putAt } from '../support/generated-records.ts';
import { at, DAY, objectKey, origin, type Row, sequence, TENANT, useLake, withLake } from './lake-of-lines.ts';

const ask = useLake();
const tableOf = (name: string) => listRawTables().find((table) => table.name === name);
const viewOf = (name: string) => createViews().find((view) => view.name === name);
const namesOf = (name: string) => viewOf(name)?.columns.map((column) => column.name);

const PARENT = ['parent_type', 'parent_id', 'parent_path', 'parent_updated_at'];
const ORIGIN = ['extracted_at', 'batch'];

/** Columns of the view beside those of the catalog. */
function addedColumns({ source }: Endpoint): string[] {
  if (source.kind === 'snapshot') return ['deleted_at'];
  return source.kind === 'nested' ? PARENT : [];
}

const rootless = (path: string) => path.replace('$.', '');

/** A record with a sample at one of the paths of each column, and the row that it must give. */
function recordAndRow(columns: Columns, pathOf: (column: Column) => string | undefined) {
  const record: Record<string, unknown> = {};
  const row: Record<string, unknown> = {};
  for (const [index, [name, column]] of Object.entries(columns).entries()) {
    const value = generateValue(column, index);
    putAt(record, rootless(pathOf(column) ?? ''), value);
    row[name] = column.type === 'json' ? JSON.stringify(value) : value;
  }
  return { record, row };
}

const PARENT_KEYS = {
  _parent_type: 'call',
  _parent_id: 99,
  _parent_path: 'things[0]',
  _parent_updated_at: at('09:00'),
};

async function rowsOf(name: string, folder: string, lines: readonly Record<string, unknown>[]): Promise<Row[]> {
  return ask({ [objectKey(folder)]: lines }, `SELECT * FROM ${name}`);
}

it('every endpoint has a view and a history, and so have the computed records', () => {
  const histories = ENDPOINTS.map(({ name }) => `${name}_history`);
  expect(
    createViews()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(
    [
      ...ENDPOINTS.map(({ name }) => name),
      ...histories,
      ...['call_segments', 'session_facts', ...FACT_TABLES.map(({ name }) => name)],
      ...['status_interval', 'agent_event', 'queue', 'quarantine', 'drift', 'coverage', 'missing_upstream'],
    ].sort(),
  );
});

it('the tables of computed records have the layout that ingestion writes', () => {
  const own = listRawTables().filter(({ endpoint }) => endpoint === undefined);
  expect(own).toEqual([
    {
      name: 'raw_call_segments',
      prefix: 'segments',
      partitions: ['tenant', 'dt'],
      location: `segments/tenant=\${tenant}/dt=\${dt}`,
    },
    {
      name: 'raw_chat_segments',
      prefix: 'segments/chat',
      partitions: ['tenant', 'dt'],
      location: `segments/chat/tenant=\${tenant}/dt=\${dt}`,
    },
    ...['quarantine', 'drift', 'coverage'].map((zone) => ({
      name: `raw_${zone}`,
      prefix: zone,
      partitions: ['endpoint', 'tenant', 'dt'],
      location: `${zone}/\${endpoint}/tenant=\${tenant}/dt=\${dt}`,
    })),
  ]);
});

describe.each(ENDPOINTS)('$name', (endpoint) => {
  const { name, columns, source } = endpoint;
  const keys = { ...(source.kind === 'nested' && PARENT_KEYS), ...origin('10:30') };
  const partition = { tenant: TENANT, dt: DAY };
  const added = {
    ...(source.kind === 'snapshot' && { deleted_at: null }),
    ...(source.kind === 'nested' && {
      parent_type: 'call',
      parent_id: 99,
      parent_path: 'things[0]',
      parent_updated_at: at('09:00'),
    }),
    extracted_at: at('10:30'),
    batch: sequence(1),
  };

  it('has a raw table at the place where ingestion writes', () => {
    expect(tableOf(`raw_${name}`)).toEqual({
      name: `raw_${name}`,
      prefix: `raw/${name}`,
      partitions: ['tenant', 'dt'],
      location: `raw/${name}/tenant=\${tenant}/dt=\${dt}`,
      endpoint: name,
    });
  });

  it('has a view with the columns of the catalog with order, types, descriptions and personal data', () => {
    const view = viewOf(name);
    expect(view?.description).toBe(endpoint.doc);
    expect(namesOf(name)).toEqual(['tenant', 'dt', ...Object.keys(columns), ...addedColumns(endpoint), ...ORIGIN]);
    for (const [column, { type, doc, personal }] of Object.entries(columns))
      expect(view?.columns).toContainEqual(expect.objectContaining({ name: column, type, doc, personal }));
  });

  it('reads each column from its first path', async () => {
    const { record, row } = recordAndRow(columns, ({ paths }) => paths[0]);
    expect(await rowsOf(name, `raw/${name}`, [{ ...record, ...keys }])).toEqual([{ ...partition, ...row, ...added }]);
  });

  it('reads each column from its last path if the others have no value', async () => {
    const { record, row } = recordAndRow(columns, ({ paths }) => paths.at(-1));
    expect(await rowsOf(name, `raw/${name}`, [{ ...record, ...keys }])).toEqual([{ ...partition, ...row, ...added }]);
  });

  it('returns NULL for values of another type and keeps the record', async () => {
    const record = {};
    for (const { type, paths } of Object.values(columns))
      for (const path of paths)
        putAt(record, rootless(path), type === 'varchar' ? ['list'] : type === 'json' ? null : 'not this type');
    const nulls = Object.fromEntries(Object.keys(columns).map((column) => [column, null]));
    expect(await rowsOf(name, `raw/${name}`, [{ ...record, ...keys }])).toEqual([{ ...partition, ...nulls, ...added }]);
  });
});

it('call_segments has its columns in order with their values', async () => {
  const { record, row } = recordAndRow(CALL_SEGMENTS_COLUMNS, ({ paths }) => paths[0]);
  expect(namesOf('call_segments')).toEqual(['tenant', 'dt', ...Object.keys(CALL_SEGMENTS_COLUMNS), ...ORIGIN]);
  expect(await rowsOf('call_segments', 'segments', [{ ...record, ...origin('10:30') }])).toEqual([
    { tenant: TENANT, dt: DAY, ...row, extracted_at: at('10:30'), batch: sequence(1) },
  ]);
});

it('a history has the columns of its view, and replaced_at', () => {
  for (const { name } of ENDPOINTS) {
    const columns = namesOf(name)?.filter((column) => column !== 'deleted_at' && !ORIGIN.includes(column)) ?? [];
    expect(namesOf(`${name}_history`)).toEqual([...columns, 'replaced_at', ...ORIGIN]);
  }
});

/** Views that read another view, by name. */
const DERIVED = new Map([
  ...FACT_TABLES.map(({ name }) => [name, 'session_facts'] as const),
  ['status_interval', 'agent_status_history'],
  ['agent_event', 'agent_status_history'],
  ['queue', 'menu'],
  ['missing_upstream', 'raw_coverage'],
]);

describe.each(createViews())('the text of the view $name', ({ name, sql, columns }) => {
  it('has the declared columns and types over files', async () => {
    const described = await ask({}, `DESCRIBE ${sql}`);
    expect(described.map((row) => [row.column_name, duckdbType(row.column_type)])).toEqual(
      columns.map(({ name: column, engineType }) => [column, engineType]),
    );
    expect(await ask({}, sql)).toEqual([]);
  });

  it('reads its raw table only, or views of facts', () => {
    if (name === 'session_facts') {
      expect([...new Set(sql.match(/\braw_\w+/g))]).toEqual(['raw_call_segments', 'raw_chat_segments']);
      return;
    }
    const read = DERIVED.get(name);
    if (read !== undefined) {
      expect([...new Set(sql.match(/(?<=\b(FROM|JOIN) )(raw_)?[a-z]\w+/g))]).toEqual([read]);
      return;
    }
    const isHistory = ENDPOINTS.every((endpoint) => name !== endpoint.name) && name.endsWith('_history');
    expect([...new Set(sql.match(/\braw_\w+/g))]).toEqual([
      `raw_${isHistory ? name.slice(0, -'_history'.length) : name}`,
    ]);
  });
});

it('every view runs over a lake without a file', async () => {
  const answers = await withLake({}, async (folder) => {
    await using warehouse = await openWarehouse(folder);
    const all: unknown[] = [];
    for (const { name, sql } of createViews()) all.push([name, (await warehouse.query(sql)).rows]);
    return all;
  });
  expect(answers).toEqual(createViews().map(({ name }) => [name, []]));
});

/** DuckDB's type in Athena's words. */
function duckdbType(type: unknown): string {
  const name = String(type).toLowerCase();
  return name === 'timestamp_ms' ? 'timestamp(3)' : name;
}
