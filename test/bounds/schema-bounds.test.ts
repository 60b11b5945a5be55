import { describe, expect, it } from 'vitest';
import {
  formatSchema,
  InferredSchema,
  MAX_PATHS,
  MAX_SCHEMA_BYTES,
  parseSchema,
} from '../../lambdas/drift/inferred-schema.ts';
import { SchemaStore } from '../../lambdas/drift/schema-store.ts';
import { call, World } from '../runs/run-world.ts';
import { itemSize } from '../support/item-size.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { itemsOf } from '../support/test-stores.ts';

/** Bytes of an item of DynamoDB. */
const MAX_ITEM = 400 * 1024;

/** An object of objects with a number of paths in all, with names that do not compress well. */
function createRecord(paths: number, name: (index: number) => string): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (let made = 0; made < paths; made += 101)
    record[name(made)] = Object.fromEntries(
      Array.from({ length: Math.min(100, paths - made - 1) }, (_, i) => [name(made + i + 1), i]),
    );
  return record;
}

const short = (index: number) => `k${index}`;

/** Names of 90 characters of several bytes each, all different. */
const long = (index: number) =>
  Array.from({ length: 90 }, (_, i) => String.fromCodePoint(0x4e00 + ((index * 7919 + i * 104_729) % 20_000))).join('');

async function bytesOf(text: string): Promise<number> {
  const { aws } = memoryStores();
  await new SchemaStore(aws.dynamodb, 'state', 'acme', 'call').save(text);
  const [item] = await itemsOf(aws, 'state');
  return itemSize(item ?? {});
}

describe('the inferred schema', () => {
  it.each([
    ['0.9 of the paths that it has room for', 0.9, false],
    ['a few more paths', 1.05, true],
    ['100 times as many', 100, true],
  ])('of records with %s fits into an item, and says if it is full', async (_what, share, isFull) => {
    const schema = new InferredSchema(new Map(), []);
    schema.learn([{ id: 1 }]);
    // no object keeps more than 500 keys
    const records = Array.from({ length: Math.ceil(share) }, (_, part) =>
      createRecord(Math.round(Math.min(1.05, share) * MAX_PATHS), (index) => short(part * 10_000 + index)),
    );
    const drift = schema.learn(records);
    expect(drift.some(({ what }) => what === 'schema_full')).toBe(isFull);
    expect(drift.length).toBeLessThanOrEqual(MAX_PATHS + 1);
    const text = formatSchema(schema.store());
    expect(schema.store().size).toBeLessThanOrEqual(MAX_PATHS);
    expect(await bytesOf(text)).toBeLessThan(MAX_ITEM);
    // nothing is new if the same records come again to the next run
    const again = new InferredSchema(parseSchema(text), []).learn(records);
    expect(again).toEqual([]);
  });

  it.each([0.9, 1.1, 100])(
    'of records whose names have %d times the bytes of a schema fits into an item',
    async (share) => {
      const schema = new InferredSchema(new Map(), []);
      schema.learn([{ id: 1 }]);
      const paths = Math.round((share * MAX_SCHEMA_BYTES) / 540);
      const drift = schema.learn([createRecord(paths, long)]);
      expect(drift.some(({ what }) => what === 'schema_full')).toBe(share > 1);
      expect(await bytesOf(formatSchema(schema.store()))).toBeLessThan(MAX_ITEM);
    },
  );

  it.each([
    ['500 keys in an object', 500, 0, false],
    ['501 keys in an object', 501, 0, true],
    ['a key of 101 characters', 3, 101, true],
  ])('of %s says at which path further ones are not watched, once', (_what, keys, longest, isFull) => {
    const tags = Object.fromEntries(Array.from({ length: keys }, (_, i) => [short(i), i]));
    const records = [{ id: 1, tags: { ...tags, ...(longest > 0 && { ['x'.repeat(longest)]: 1 }) } }];
    const full = isFull ? [{ path: 'tags', what: 'schema_full', example: 'object' }] : [];
    const first = new InferredSchema(new Map(), []);
    expect(first.learn(records)).toEqual(full);
    const stored = parseSchema(formatSchema(first.store()));
    expect(new InferredSchema(stored, []).learn(records)).toEqual([]);
    const later = new InferredSchema(new Map(), []);
    later.learn([{ id: 1 }]);
    expect(later.learn(records).filter(({ what }) => what === 'schema_full')).toEqual(full);
  });

  it.each([
    [500, false],
    [501, true],
  ])('of a vocabulary of %i words says if further ones are not watched, once', (words, isFull) => {
    const schema = new InferredSchema(new Map(), ['status']);
    const records = Array.from({ length: words }, (_, i) => ({ status: `word${i}` }));
    expect(schema.learn(records)).toEqual(isFull ? [{ path: 'status', what: 'schema_full', example: 'string' }] : []);
    expect(schema.learn(records)).toEqual([]);
  });

  it('of vocabularies without end fits into an item', async () => {
    const enums = Array.from({ length: 30 }, (_, index) => `enum${index}`);
    const schema = new InferredSchema(new Map(), enums);
    schema.learn([{ id: 1 }]);
    const drift = schema.learn(
      Array.from({ length: 1_000 }, (_, index) =>
        Object.fromEntries(enums.map((name, i) => [name, long(index * 31 + i)])),
      ),
    );
    expect(drift.some(({ what }) => what === 'schema_full')).toBe(true);
    expect(await bytesOf(formatSchema(schema.store()))).toBeLessThan(MAX_ITEM);
  });
});

it('a run with records of ten times as many paths takes them, and the next run does too', async () => {
  const world = await World.create(memoryStores());
  const rows = world.platform.rows('/calls');
  for (let part = 1; part <= 5; part++)
    rows.push(
      call(
        part,
        60 + part,
        createRecord(MAX_PATHS * 2, (index) => short(part * 100_000 + index)),
      ),
    );
  expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 5 });
  rows.push(call(6, 30));
  world.time.time += 300_000;
  expect(await world.ingest('call')).toMatchObject({ outcome: 'done', records: 1 });
});
