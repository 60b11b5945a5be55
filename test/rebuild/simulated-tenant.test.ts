import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { type SimulatorServer, serve } from '../../simulator/api-server.ts';
import type { Collection } from '../../simulator/collections.ts';
import { simulate } from '../../simulator/simulation.ts';
import { createViews } from '../../sql/all-views.ts';
import { World } from '../runs/run-world.ts';
import { askLake } from '../support/ask-lake.ts';
import type { Row } from '../support/fake-platform.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { itemsOf } from '../support/test-stores.ts';
import { knownLedger, rebuildTables, withoutReading } from './rebuild-world.ts';

/** A simulated tenant loses both tables around noon. A twin of it loses nothing. */

const HOUR = 3_600_000;
const centre = simulate({ seed: 5, start: '2026-03-02T00:00:00.000Z', days: 1, seats: 5, callsPerDay: 200 });
const BEFORE = [9, 11, 11.9, 11.95, 12].map((hours) => centre.startMs + hours * HOUR);
const AFTER = [12.1, 14, 20].map((hours) => centre.startMs + hours * HOUR).concat(centre.endMs + 48 * HOUR);
const VIEWS = createViews().map(({ name }) => name);

interface Tenant {
  readonly world: World;
  readonly server: SimulatorServer;
  readonly dropTables: () => void;
}

async function createTenant(): Promise<Tenant> {
  const stores = memoryStores();
  const world = await World.create(stores);
  const credential = { username: 'acme', password: 'a-secret-token' };
  const server = await serve(centre, { now: () => world.time.time, requestsPerSecond: null, ...credential });
  world.tenant = { ...world.tenant, baseUrl: server.url };
  return { world, server, dropTables: stores.dropTables };
}

async function run({ world }: Tenant, times: readonly number[]) {
  for (const time of times) {
    world.time.time = Math.max(time, world.time.time);
    for (const { name } of ENDPOINTS)
      expect(await world.ingest(name, { effects: world.time.effects() })).toMatchObject({ outcome: 'done' });
  }
}

/** A row without what depends on the moment of a reading: an open interval ends when it was read. */
function withoutReadings({ run: _run, first_seen: _seen, facts, ...row }: Row): Row {
  const { ended_at: _end, seconds: _seconds, ...open } = row;
  return {
    ...withoutReading(row.is_open === true ? open : row),
    ...(facts !== undefined && { facts: String(facts).replace(/,"_extracted_at".*/, '') }),
  };
}

const text = (row: Row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Rows of every view, as sorted texts. */
async function readViews({ world }: Tenant): Promise<Record<string, string[]>> {
  const answers = await askLake(
    world,
    VIEWS.map((view) => `SELECT * FROM ${view}`),
  );
  return Object.fromEntries(
    VIEWS.map((view, index) => [view, (answers[index] ?? []).map(withoutReadings).map(text).sort()]),
  );
}

const readMetrics = async ({ world }: Tenant) => (await world.metrics()).map(text).sort();

let lost: Tenant;
let twin: Tenant;
beforeAll(async () => {
  [lost, twin] = [await createTenant(), await createTenant()];
  await run(lost, BEFORE);
  await run(twin, BEFORE);
});
afterAll(async () => {
  await lost.server.close();
  await twin.server.close();
});

/** The first row that only one of two tenants has, of each view. */
const findDifferences = (a: Readonly<Record<string, string[]>>, b: Readonly<Record<string, string[]>>): string[] =>
  VIEWS.flatMap((view) => {
    const [rows, others] = [new Set(a[view]), new Set(b[view])];
    const row = [...rows].find((each) => !others.has(each)) ?? [...others].find((each) => !rows.has(each));
    const counts = `${a[view]?.length} and ${b[view]?.length} rows`;
    return row === undefined && a[view]?.length === b[view]?.length ? [] : [`${view}, ${counts}: ${row}`];
  });

describe('after both tables of a simulated tenant were deleted', () => {
  let views: Record<string, string[]>;

  it('a rebuild writes ledger and metrics again as they were', async () => {
    const { world } = lost;
    views = await readViews(lost);
    const metrics = await readMetrics(lost);
    const ledgers = await Promise.all(ENDPOINTS.map(({ name }) => knownLedger(world, name)));
    lost.dropTables();
    expect(await world.metrics()).toEqual([]);
    const objects = await world.objects();
    const summaries = await rebuildTables(world);
    expect(await readMetrics(lost)).toEqual(metrics);
    expect(metrics.length).toBeGreaterThan(20);
    expect(await Promise.all(ENDPOINTS.map(({ name }) => knownLedger(world, name)))).toEqual(ledgers);
    expect(summaries.map(({ outcome, report }) => [outcome, report?.missing, report?.leftOut])).toEqual(
      ENDPOINTS.map(() => ['done', 0, 0]),
    );
    expect(await world.objects()).toEqual(objects);
    expect(findDifferences(await readViews(lost), views)).toEqual([]);
  });

  it('the rebuilt day index and schemas are those of the twin', async () => {
    const stateOf = async ({ world }: Tenant, kind: string) => {
      const items = await itemsOf(world.aws, world.environment.STATE_TABLE);
      return items
        .filter(({ sk }) => String(sk).startsWith(kind))
        .map(({ pk, sk, records, schema }) => [
          `${pk} ${sk}`,
          kind === 'days#' ? String(records).split(' ').length : schema !== undefined,
        ])
        .sort();
    };
    const days = await stateOf(twin, 'days#');
    expect(days.length).toBeGreaterThan(3);
    expect(await stateOf(lost, 'days#')).toEqual(days);
    expect(await stateOf(lost, 'inferred-schema')).toEqual(await stateOf(twin, 'inferred-schema'));
  });

  it('the next runs at the same time find nothing new: no view gets another row, no call another value', async () => {
    const metrics = (await lost.world.metrics()).map(withoutReading).map(text).sort();
    const requests = lost.server.requests;
    await run(lost, [0]);
    expect(findDifferences(await readViews(lost), views)).toEqual([]);
    expect((await lost.world.metrics()).map(withoutReading).map(text).sort()).toEqual(metrics);
    // they continue near the end: reading the history again takes far more
    const before = lost.server.requests - requests;
    expect(before).toBeLessThan(60);
    await run(lost, [0]);
    for (const { name } of ENDPOINTS)
      expect(await lost.world.ingest(name, { effects: lost.world.time.effects() })).toMatchObject({ records: 0 });
  });

  it('the runs of the next two days lose and repeat nothing: every view and every item equals the truth and the twin', async () => {
    await run(lost, AFTER);
    await run(twin, AFTER);
    const [found, expected] = [await readViews(lost), await readViews(twin)];
    expect(findDifferences(found, expected)).toEqual([]);
    const items = async ({ world }: Tenant) => (await world.metrics()).map(withoutReading).map(text).sort();
    expect(await items(lost)).toEqual(await items(twin));
    for (const { name, source } of ENDPOINTS) {
      // one row for each record of the API
      if (source.kind === 'nested' || (source.kind === 'snapshot' && (source.rowPer ?? source.children) !== undefined))
        continue;
      const records = centre.records(source.path.slice(1) as Collection, lost.world.time.time);
      const [rows = []] = await askLake(lost.world, [`SELECT id FROM ${name}`]);
      const ids = (all: readonly Row[]) => all.map(({ id }) => Number(id)).sort();
      expect([name, ids(rows)]).toEqual([name, ids(records)]);
    }
  });
});
