import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ENDPOINTS, type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../local/warehouse/warehouse.ts';
import { createViews } from '../../sql/all-views.ts';
import { loadNamedQueries, type NamedQuery } from '../../sql/queries/named-queries.ts';
import { addDays, fillParameters } from '../../sql/queries/parameters.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import { Trino } from './engine/trino-client.ts';
import { DAYS, ingestMonth } from './lake/month.ts';
import { placeLake } from './lake/place.ts';
import { type Centre, FIRST_DAY, TENANT } from './lake/simulated-centre.ts';
import { differences, fromDuckDb, fromTrino, sorted } from './normalised-rows.ts';
import { isPlanned, writePlanned } from './planned-queries.ts';

const server = inject('trino');
const queries = await loadNamedQueries();

/** The tables have a partition for each day until today: looking into all of them takes longer than reading a month. */
const LAST_DAY = addDays(FIRST_DAY, DAYS);

/** A newest snapshot may be of any day, a change journalled again on another day counts once, and so does a record that is missing upstream. */
const readsAllDays = (name: string): boolean =>
  ['drift', 'missing_upstream'].includes(name) ||
  ENDPOINTS.some(
    (endpoint) => [endpoint.name, `${endpoint.name}_history`].includes(name) && comesFromSnapshots(endpoint),
  );

const comesFromSnapshots = ({ source }: Endpoint): boolean =>
  source.kind === 'snapshot' ||
  (source.kind === 'nested' &&
    source.parents.some((parent) => findEndpoint(parent.endpoint)?.source.kind === 'snapshot'));

/** `PLAN=all`: plans all queries, and remembers those that have no more stages than Trino allows. */
const PLANS_ALL = process.env.PLAN === 'all';
const planned: NamedQuery[] = [];

/** Schema of the rows of all views. */
const ROWS = 'month_rows';

/** The month in a view; queues belong to no day. */
const selectMonth = (name: string, schema = ''): string =>
  `SELECT * FROM ${schema}${name}${name === 'queue' ? '' : ` WHERE dt <= '${LAST_DAY}'`}`;

describe.skipIf(server === null)('over a simulated month', () => {
  let month: Centre;
  let warehouse: Warehouse;
  let trino: Trino;
  /** Over tables with the rows of the views, which are compared with DuckDB's: so each view is computed once. */
  let rows: Trino;
  beforeAll(async () => {
    if (server === null) return;
    month = await ingestMonth();
    warehouse = await openWarehouse(month.ingestion.lake);
    trino = await placeLake({
      ...server,
      database: 'month',
      lake: month.ingestion.lake,
      tenants: [TENANT],
      historyStart: FIRST_DAY,
    });
    rows = new Trino(server.url, ROWS);
    await rows.query(`CREATE SCHEMA ${ROWS}`);
    await pMap(createViews(), ({ name }) => rows.query(`CREATE TABLE ${name} AS ${selectMonth(name, 'month.')}`), {
      concurrency: 3,
    });
  });
  afterAll(async () => {
    if (PLANS_ALL) writePlanned(planned);
    await warehouse?.close();
    await month?.[Symbol.asyncDispose]();
  });

  const isEqualOn = async (engine: Trino, name: string) => {
    const own = fromDuckDb(await warehouse.query(selectMonth(name)));
    const other = fromTrino(await engine.query(selectMonth(name)));
    expect(other.rows.length).toBeGreaterThan(0);
    expect(differences(sorted(own), sorted(other))).toEqual([]);
  };

  it.concurrent.each(listRawTables().map(({ name }) => name))('Trino and DuckDB agree row by row on %s', (name) =>
    isEqualOn(trino, name),
  );

  it.concurrent.each(createViews().map(({ name }) => name))('Trino and DuckDB agree row by row on %s', (name) =>
    isEqualOn(rows, name),
  );

  it.concurrent.each(queries)('Trino and DuckDB give the same answer to $name', async (query) => {
    const month = {
      before: FIRST_DAY,
      from: addDays(FIRST_DAY, 14),
      to: addDays(FIRST_DAY, 29),
      day: addDays(FIRST_DAY, 1),
    };
    const given = Object.entries({ ...month, zone: 'America/New_York' }).filter(([name]) =>
      query.parameters.some((parameter) => parameter.name === name),
    );
    const sql = fillParameters(query, Object.fromEntries(given));
    const asked = /\braw_/.test(sql) ? trino : rows;
    const [own, engine] = [fromDuckDb(await warehouse.query(sql)), fromTrino(await asked.query(sql))];
    expect(engine.rows.length).toBeGreaterThan(0);
    expect(differences(own, engine)).toEqual([]);
    // over the views it has more stages, of which there may be 150
    if (!PLANS_ALL && isPlanned(query)) return;
    expect((await trino.query(`EXPLAIN (TYPE DISTRIBUTED) ${sql}`)).rows).toHaveLength(1);
    planned.push(query);
  });

  it.concurrent.each(createViews().filter(({ name, sql }) => readsOneTable(sql) && !readsAllDays(name)))(
    'a day of $name reads the files of that day only',
    async ({ name, sql }) => {
      const [table] = /\braw_\w+/.exec(sql) ?? [];
      const day = await trino.query(`SELECT max(dt), count(DISTINCT dt) FROM ${table} WHERE dt <= '${LAST_DAY}'`);
      const [newest, days] = day.rows[0] ?? [];
      expect(days).toBeGreaterThan(1);
      const lines = await trino.query(`SELECT count(*) FROM ${table} WHERE dt = '${newest}'`);
      const { rowsRead } = await trino.query(`SELECT * FROM ${name} WHERE dt = '${newest}'`);
      expect(rowsRead).toBe(lines.rows[0]?.[0]);
    },
  );
});

/** Whether a view reads one raw table. Views of facts read other views, whose days are tested themselves. */
function readsOneTable(sql: string): boolean {
  return new Set(sql.match(/\braw_\w+/g)).size === 1;
}
