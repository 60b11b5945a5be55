import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openWarehouse } from '../../local/warehouse/open-warehouse.ts';
import { loadNamedQueries } from '../../sql/queries/named-queries.ts';
import { fillParameters } from '../../sql/queries/parameters.ts';
import { call, World } from '../runs/run-world.ts';
import { newFolder, removeFolder, writeObjects } from '../sql/lake-of-lines.ts';
import { generateRecord } from '../support/generated-records.ts';
import { MADE_UP } from '../support/made-up-endpoints.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

vi.mock('../../catalog/index.ts', async (importOriginal) => {
  const { extendCatalog } = await import('../support/made-up-endpoints.ts');
  return extendCatalog(await importOriginal<typeof import('../../catalog/index.ts')>());
});

const NAMES = MADE_UP.map(({ name }) => name);
const [shift, site] = MADE_UP;
if (shift === undefined || site === undefined) throw new Error('no made-up endpoints');

let stores: Stores;
let folder: string;
let world: World;

/** Rows of a query over everything that is in the lake now. */
async function ask(sql: string) {
  await writeObjects(
    folder,
    Object.fromEntries((await world.objects()).map(({ key, lines }) => [key.replace('.ndjson.gz', ''), lines])),
    '.ndjson.gz',
  );
  await using warehouse = await openWarehouse(folder, { threads: 1 });
  return (await warehouse.query(sql)).rows;
}
const records = async () =>
  Object.fromEntries(
    await Array.fromAsync(['call', ...NAMES], async (name) => [name, (await world.ingest(name)).records] as const),
  );

beforeAll(async () => {
  [stores, folder] = await Promise.all([startStores(), newFolder()]);
  world = await World.create(stores);
  const anHourAgo = world.time.time - 3_600_000;
  world.platform.rows('/shifts').push(...[1, 2, 3].map((id) => generateRecord(shift, id, anHourAgo + id)));
  world.platform.rows('/shifts').push({ ...generateRecord(shift, 4, anHourAgo), id: 'four' });
  world.platform.rows('/sites').push(...[1, 2].map((id) => generateRecord(site, id, anHourAgo)));
  const offers = [{ casting_time: '2026-03-02T10:00:00.000Z', group: 'Group 1' }, { group: 'Group 2' }];
  world.platform.rows('/calls').push(call(1, 90, { offer_events: offers }), call(2, 80));
});
afterAll(async () => {
  await stores.close();
  await removeFolder(folder);
});

it('stores the records of each, and quarantines those that do not fit', async () => {
  expect(await records()).toEqual({ call: 2, shift: 3, site: 2, shift_break: 3, call_offer: 2 });
  expect(await ask('SELECT endpoint, reason FROM quarantine')).toEqual([
    { endpoint: 'shift', reason: 'id: expected number, got string' },
  ]);
});

it('returns every column in SQL', async () => {
  expect(await ask('SELECT * FROM shift WHERE id = 2')).toEqual([
    {
      tenant: 'acme',
      dt: '2026-03-02',
      id: 2,
      agent_id: 7_003,
      nickname: 'text 4',
      state: 'text 5',
      starts_at: '2026-03-02T10:00:00.002Z',
      changed_at: '2026-03-02T11:00:00.002Z',
      planned_duration: 8.25,
      extracted_at: expect.stringMatching(/^2026-03-02T12:/),
      batch: '0000000001',
    },
  ]);
  expect(
    await ask('SELECT b.parent_id, s.state FROM shift_break b JOIN shift s ON s.id = b.parent_id ORDER BY 1'),
  ).toEqual([1, 2, 3].map((id) => ({ parent_id: id, state: `text ${id + 3}` })));
  expect(await ask('SELECT parent_id, parent_path, "group", offered_at FROM call_offer ORDER BY 2')).toEqual([
    { parent_id: 1, parent_path: 'offer_events[0]', group: 'Group 1', offered_at: '2026-03-02T10:00:00.000Z' },
    { parent_id: 1, parent_path: 'offer_events[1]', group: 'Group 2', offered_at: null },
  ]);
});

it('stores nothing twice, and then only changes: a new version, a deleted record', async () => {
  expect(await records()).toEqual({ call: 0, shift: 0, site: 0, shift_break: 0, call_offer: 0 });
  const changedAt = new Date(world.time.time - 300_000).toISOString();
  world.platform.rows('/shifts').splice(0, 1, {
    ...generateRecord(shift, 1, world.time.time - 3_600_000),
    state: 'begun',
    changed_at: changedAt,
    breaks: [],
  });
  world.platform.rows('/sites').splice(0, 1);
  await records();
  expect(await ask('SELECT id, state FROM shift ORDER BY id')).toMatchObject([{ state: 'begun' }, {}, {}]);
  expect(await ask('SELECT count(*) AS versions FROM shift_history WHERE id = 1')).toEqual([{ versions: 2 }]);
  expect(await ask('SELECT parent_id FROM shift_break ORDER BY 1')).toEqual([{ parent_id: 2 }, { parent_id: 3 }]);
  expect(await ask('SELECT id, deleted_at IS NULL AS is_there FROM site ORDER BY id')).toEqual([
    { id: 1, is_there: false },
    { id: 2, is_there: true },
  ]);
});

it('has a line of each in the query about freshness', async () => {
  const query = (await loadNamedQueries()).find(({ name }) => name === 'data-freshness');
  if (query === undefined) throw new Error('no such question');
  const rows = await ask(fillParameters(query, { from: '2026-03-01', to: '2026-03-02' }));
  expect(rows.map(({ endpoint }) => endpoint)).toEqual(expect.arrayContaining(NAMES));
});
