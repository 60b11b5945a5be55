import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { SchemaStore } from '../../lambdas/drift/schema-store.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { batch } from './sample-entry.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
afterEach(() => vi.restoreAllMocks());

let used = 0;
function setup() {
  const tenant = `tenant-${used++}`;
  const { dynamodb } = stores.aws;
  const table = stores.environment.STATE_TABLE;
  return { tenant, dynamodb, table, ledger: new Ledger(dynamodb, table, tenant) };
}

const read = (ledger: Ledger, after = 0, endpoint = 'call') => Array.fromAsync(ledger.entriesAfter(endpoint, after));
const numbers = async (ledger: Ledger, after = 0) => (await read(ledger, after)).map(({ seq }) => seq);

it('a ledger returns batches unchanged, in the order of their numbers', async () => {
  const { ledger } = setup();
  const order = [2, 100, 9, 1, 1000, 10, 99];
  for (const seq of order) await ledger.append('call', batch(seq));
  expect(await read(ledger)).toEqual(order.toSorted((a, b) => a - b).map((seq) => batch(seq)));
});

it('a ledger returns the batches after a number, excluding it', async () => {
  const { ledger } = setup();
  for (let seq = 1; seq <= 12; seq++) await ledger.append('call', batch(seq));
  expect(await numbers(ledger, 9)).toEqual([10, 11, 12]);
  expect(await numbers(ledger, 11)).toEqual([12]);
  expect(await numbers(ledger, 12)).toEqual([]);
  expect(await numbers(ledger, 5_000_000)).toEqual([]);
});

it('a ledger keeps the first of two batches with the same number', async () => {
  const { ledger } = setup();
  await ledger.append('call', batch(1));
  await ledger.append('call', batch(1));
  await ledger.append('call', batch(1, { records: 999 }));
  expect(await read(ledger)).toEqual([batch(1)]);
});

it('a ledger belongs to one endpoint and tenant, and contains neither checkpoint nor schema', async () => {
  const { ledger, dynamodb, table, tenant } = setup();
  await ledger.append('call', batch(1));
  await ledger.append('chat', batch(2));
  await new Ledger(dynamodb, table, 'other').append('call', batch(3));
  await new CheckpointStore(dynamodb, table, tenant, 'call', () => 0).acquire('a');
  await new SchemaStore(dynamodb, table, tenant, 'call').save('{}');
  expect(await numbers(ledger)).toEqual([1]);
  expect(await read(ledger, 0, 'agent')).toEqual([]);
});

it('a ledger returns every batch of a long history once, with consistent reads', async () => {
  const { ledger, dynamodb } = setup();
  const object = { key: 'k'.repeat(1000), zone: 'raw', dt: '2026-03-02', records: 1, bytes: 1 } as const;
  const objects = Array.from({ length: 90 }, () => object);
  await Promise.all(Array.from({ length: 40 }, (_, i) => ledger.append('call', batch(i + 1, { objects }))));
  const send = vi.spyOn(dynamodb, 'send');
  expect(await numbers(ledger, 2)).toEqual(Array.from({ length: 38 }, (_, i) => i + 3));
  const queries = send.mock.calls.map(([command]) => command).filter((command) => command instanceof QueryCommand);
  expect(queries.length).toBeGreaterThan(3);
  for (const { input } of queries) expect(input).toMatchObject({ ConsistentRead: true });
});

it('a ledger does not hide an append that failed for another reason', async () => {
  const nowhere = new Ledger(stores.aws.dynamodb, 'no-such-table', 'acme');
  await expect(nowhere.append('call', batch(1))).rejects.toThrow(
    expect.objectContaining({ name: 'ResourceNotFoundException' }),
  );
});

it('a ledger keeps the inferred schema separately', async () => {
  const { dynamodb, table, tenant } = setup();
  const shapes = new SchemaStore(dynamodb, table, tenant, 'call');
  expect(await shapes.load()).toBeUndefined();
  await shapes.save('{"a":1}');
  await shapes.save('{"a":2}');
  expect(await shapes.load()).toBe('{"a":2}');
  expect(await new SchemaStore(dynamodb, table, tenant, 'chat').load()).toBeUndefined();
});
