import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeLines, Lake } from '../../lambdas/lake/lake.ts';
import { objectsOf, type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

const KEY = 'raw/call/tenant=acme/dt=2026-03-02/0000000001-abc.ndjson.gz';
const open = () => new Lake(stores.aws.s3, stores.environment.LAKE_BUCKET);

it('returns lines character by character, and reports their compressed size', async () => {
  const line = fc.json({ maxDepth: 2, stringUnit: 'binary' });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 5 }), async (lines) => {
      const bytes = await open().put(KEY, encodeLines(lines));
      expect(await open().get(KEY)).toEqual(lines);
      expect((await objectsOf(stores.aws, stores.environment.LAKE_BUCKET))[0]?.bytes).toBe(bytes);
    }),
    { numRuns: 8 },
  );
});

it('keeps characters that other programs treat as ends of lines', async () => {
  const lines = ['{"a":"x\u2028y\u2029z\u0085\u000b"}', '{"b":"\\n\\r"}'];
  await open().put(KEY, encodeLines(lines));
  expect(await open().get(KEY)).toEqual(lines);
});

it('ends every line, including the last: files can be concatenated', async () => {
  await open().put(KEY, encodeLines(['{"a":1}', '{"a":2}']));
  const [object] = await objectsOf(stores.aws, stores.environment.LAKE_BUCKET);
  expect(object?.lines).toEqual(['{"a":1}', '{"a":2}']);
});

it('overwrites an object with the same content when it is written again', async () => {
  const sizes = [await open().put(KEY, encodeLines(['{"a":1}'])), await open().put(KEY, encodeLines(['{"a":1}']))];
  expect(sizes[0]).toBe(sizes[1]);
  expect(await objectsOf(stores.aws, stores.environment.LAKE_BUCKET)).toHaveLength(1);
});

it('fails for a missing object', async () => {
  await expect(open().get('raw/none')).rejects.toThrow(expect.objectContaining({ name: 'NoSuchKey' }));
});
