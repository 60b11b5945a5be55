import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isNewer, MetricsTable } from '../../lambdas/metrics/metrics-table.ts';
import { countOperations, operationsOf } from '../support/counted.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { itemsOf, type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

let used = 0;
const open = (table = stores.environment.METRICS_TABLE) => new MetricsTable(stores.aws.dynamodb, table);
const stored = async (call_key: string) =>
  (await itemsOf(stores.aws, stores.environment.METRICS_TABLE)).find((item) => item.call_key === call_key);

const time = fc.constantFrom('2026-03-02T09:59:59.999Z', '2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.001Z');
const version = fc.record({
  source_updated_at: time,
  metrics_version: fc.constantFrom(2, 9, 10),
  ingested_at: time,
  source_batch: fc.constantFrom('0000000009', '0000000010'),
});
type Version = Omit<typeof version extends fc.Arbitrary<infer T> ? T : never, 'source_batch'> & {
  /** Items of the first release have none. */
  readonly source_batch?: string | undefined;
};
/** What the order goes by, as text that sorts in it: a change counts as of its reading at the latest. */
const identity = ({ source_updated_at: changed, metrics_version, ingested_at: read, source_batch = '' }: Version) =>
  [changed < read ? changed : read, source_batch.padEnd(10), read, String(metrics_version).padStart(2, '0')].join(' ');
const versions = fc
  .tuple(fc.uniqueArray(version, { minLength: 1, maxLength: 6, selector: identity }), fc.boolean())
  .map(([all, isUpgrade]): Version[] =>
    all.map((each, index) => {
      if (!isUpgrade || index > 0) return each;
      const { source_batch: _none, ...rest } = each;
      return rest;
    }),
  );

it('holds the same item whatever the order in which the versions of a call arrive', async () => {
  await fc.assert(
    fc.asyncProperty(versions, async (arriving) => {
      const call_key = `acme#${used++}`;
      const newest = arriving.toSorted((a, b) => (identity(a) < identity(b) ? 1 : -1))[0];
      let current = '';
      for (const each of arriving) {
        const isNewest = identity(each) > current;
        const outcome = isNewest ? (current === '' ? 'added' : 'replaced') : 'kept';
        expect(await open().put({ call_key, ...each, label: identity(each) })).toBe(outcome);
        if (isNewest) current = identity(each);
      }
      expect(await stored(call_key)).toEqual({ call_key, ...newest, label: newest && identity(newest) });
    }),
    { numRuns: 40 },
  );
});

it('holds the newest item when all versions arrive at once', async () => {
  await fc.assert(
    fc.asyncProperty(versions, async (arriving) => {
      const call_key = `acme#${used++}`;
      await Promise.all(arriving.map((each) => open().put({ call_key, ...each })));
      expect(identity(Object(await stored(call_key)))).toBe(arriving.map(identity).sort().at(-1));
    }),
    { numRuns: 20 },
  );
});

it('writes nothing for a version it has', async () => {
  const item = {
    call_key: `acme#${used++}`,
    source_updated_at: '2026-03-02T10:00:00.000Z',
    metrics_version: 1,
    ingested_at: '2026-03-02T10:00:01.000Z',
    source_batch: '0000000001',
  };
  expect(await open().put({ ...item, talk_time: 5 })).toBe('added');
  expect(await open().put({ ...item, talk_time: 6 })).toBe('kept');
  expect(await stored(item.call_key)).toMatchObject({ talk_time: 5 });
});

it('replaces an item as a whole: a value that the newer version lacks is removed', async () => {
  const item = { call_key: `acme#${used++}`, metrics_version: 1, ingested_at: '2026-03-02T10:00:00.000Z' };
  await open().put({ ...item, source_updated_at: '2026-03-02T10:00:00.000Z', talk_time: 5, agent_key: 'acme#1' });
  await open().put({ ...item, source_updated_at: '2026-03-02T10:00:01.000Z', hold_time: 1 });
  expect(await stored(item.call_key)).toEqual({ ...item, source_updated_at: '2026-03-02T10:00:01.000Z', hold_time: 1 });
});

it('uses the same order in DynamoDB as in memory', () => {
  fc.assert(
    fc.property(version, version, (a, b) => {
      const [x, y] = [a, b].map((each) => ({ call_key: 'acme#1', ...each }));
      if (x && y) expect(isNewer(x, y)).toBe(identity(a) > identity(b));
    }),
  );
});

it('does not hide a write that failed for another reason', async () => {
  const item = { call_key: 'acme#1', source_updated_at: 'a', metrics_version: 1, ingested_at: 'a' };
  await expect(open('no-such-table').put(item)).rejects.toThrow(
    expect.objectContaining({ name: 'ResourceNotFoundException' }),
  );
});

const byKey = (a: { call_key?: unknown }, b: { call_key?: unknown }) =>
  String(a.call_key) < String(b.call_key) ? -1 : 1;

it('inserts missing items, and leaves all others unchanged, whatever the versions', async () => {
  const { aws, fresh } = memoryStores();
  const { METRICS_TABLE } = await fresh();
  const table = new MetricsTable(aws.dynamodb, METRICS_TABLE);
  await fc.assert(
    fc.asyncProperty(
      fc.array(version, { minLength: 1, maxLength: 25 }),
      fc.func(fc.boolean()),
      async (all, isKnown) => {
        const items = all.map((each) => ({
          call_key: `acme#${used++}`,
          ...each,
          nested: { list: [null, { a: 1.5 }] },
        }));
        const before = items.filter(({ call_key }) => isKnown(call_key)).map((item) => ({ ...item, label: 'before' }));
        for (const item of before) await table.put(item);
        const { known, postponed } = await table.insert(items);
        expect(known.map(({ call_key }) => call_key)).toEqual(before.map(({ call_key }) => call_key));
        expect(postponed).toEqual([]);
        const expected = items.map((item) => before.find(({ call_key }) => call_key === item.call_key) ?? item);
        const keys = new Set(items.map(({ call_key }) => call_key));
        const there = (await itemsOf(aws, METRICS_TABLE)).filter((item) => keys.has(String(item.call_key)));
        expect(there.toSorted(byKey)).toEqual(expected.toSorted(byKey));
      },
    ),
    { numRuns: 50 },
  );
});

it('tries a DynamoDB without PartiQL once, and then puts everything', async () => {
  const counts = await countOperations(stores.aws);
  const table = open();
  const items = [1, 2].map((i) => ({
    call_key: `acme#${used + i}`,
    source_updated_at: 'a',
    metrics_version: 1,
    ingested_at: 'a',
  }));
  for (let i = 0; i < 3; i++) expect(await table.insert(items)).toEqual({ known: items, postponed: [] });
  expect(operationsOf(counts, (name) => name.startsWith('BatchExecuteStatement'))).toBe(1);
});
