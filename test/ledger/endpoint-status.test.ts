import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { readStatus, readStatusOf } from '../../lambdas/ledger/endpoint-status.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import { DynamoRateBudget } from '../../lambdas/platform/dynamo-rate-budget.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { batch, lastRun } from './sample-entry.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
afterEach(() => vi.restoreAllMocks());

async function setup() {
  const { STATE_TABLE: table } = await stores.fresh();
  const time = new VirtualTime();
  const { dynamodb } = stores.aws;
  const head = (tenant: string, endpoint: string) => new CheckpointStore(dynamodb, table, tenant, endpoint, time.now);
  return { table, time, dynamodb, head, read: () => readStatus(dynamodb, table, time.time) };
}

it('the status of an empty table is empty', async () => {
  expect(await (await setup()).read()).toEqual([]);
});

it('the status has every endpoint of every tenant, in order', async () => {
  const { head, read } = await setup();
  const acme = head('acme', 'call');
  const { fencingToken } = await acme.acquire('run-1');
  await acme.commit({ fencingToken }, batch(1), { position: '{}', cursor: '2026-03-02T11:59:00.000Z' });
  await acme.release(fencingToken, { appended: 1, lastRun: lastRun() });
  await head('beta', 'agent').acquire('run-2');
  await head('acme', 'agent').acquire('run-3');
  const never = {
    cursor: null,
    seq: 0,
    records: 0,
    quarantined: 0,
    unreadable: [],
    lagSeconds: null,
    lastRun: null,
    leaseUntil: '2026-03-02T12:02:00.000Z',
  };
  expect(await read()).toEqual([
    { tenant: 'acme', endpoint: 'agent', ...never },
    {
      tenant: 'acme',
      endpoint: 'call',
      cursor: '2026-03-02T11:59:00.000Z',
      seq: 1,
      records: 3,
      quarantined: 1,
      unreadable: [],
      lagSeconds: expect.any(Number),
      lastRun: lastRun(),
      leaseUntil: null,
    },
    { tenant: 'beta', endpoint: 'agent', ...never },
  ]);
});

it('the status ignores an expired lease', async () => {
  const { head, read, time } = await setup();
  await head('acme', 'call').acquire('run-1');
  time.time += 119_999;
  expect((await read())[0]?.leaseUntil).toBe('2026-03-02T12:02:00.000Z');
  time.time += 1;
  expect((await read())[0]?.leaseUntil).toBeNull();
});

it('the status has every endpoint of a table with many pages, and no ledger or budget', async () => {
  const { head, read, dynamodb, table, time } = await setup();
  const position = JSON.stringify('x'.repeat(200_000));
  const tenants = Array.from({ length: 12 }, (_, i) => `tenant-${String(i).padStart(2, '0')}`);
  for (const tenant of tenants) {
    const store = head(tenant, 'call');
    const { fencingToken } = await store.acquire('run-1');
    await store.release(fencingToken, { appended: 0, lastRun: lastRun(), position, cursor: null });
    await new Ledger(dynamodb, table, tenant).append('call', batch(1));
    await new DynamoRateBudget(dynamodb, table, tenant, 8, time.effects()).acquire(1000);
  }
  const send = vi.spyOn(dynamodb, 'send');
  expect((await read()).map(({ tenant }) => tenant)).toEqual(tenants);
  expect(send.mock.calls.filter(([command]) => command instanceof ScanCommand).length).toBeGreaterThan(2);
});

it('the status of chosen places has only these, in their order, even if they never ran or need several requests', async () => {
  const { head, dynamodb, table, time } = await setup();
  const tenants = Array.from({ length: 130 }, (_, i) => `tenant-${i}`);
  const { fencingToken } = await head('tenant-129', 'call').acquire('run-1');
  await head('tenant-129', 'call').release(fencingToken, {
    appended: 0,
    lastRun: { ...lastRun(), caughtUpAt: '2026-03-02T11:50:00.000Z' },
  });
  await head('other', 'call').acquire('run-1');
  const send = vi.spyOn(dynamodb, 'send');
  time.time = Date.parse('2026-03-02T12:00:00Z');
  const statuses = await readStatusOf(
    dynamodb,
    table,
    tenants.map((tenant) => ({ tenant, endpoint: 'call' })),
    time.time,
  );
  expect(statuses.map(({ tenant }) => tenant)).toEqual(tenants);
  expect(statuses[0]).toMatchObject({ cursor: null, seq: 0, lagSeconds: null, lastRun: null, leaseUntil: null });
  expect(statuses.at(-1)).toMatchObject({ lagSeconds: 600, lastRun: { outcome: 'done' }, leaseUntil: null });
  expect(send.mock.calls.filter(([command]) => command instanceof ScanCommand)).toEqual([]);
});
