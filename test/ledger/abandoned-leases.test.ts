import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeAbandonedLeases } from '../../lambdas/ledger/abandoned-leases.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe('leases in a folder that was just opened', () => {
  const now = Date.parse('2026-03-02T12:00:00.000Z');

  it('are free for the next run, which knows that the previous run was killed and has a higher fencing token', async () => {
    const { STATE_TABLE } = await stores.fresh();
    const { dynamodb } = stores.aws;
    const head = (endpoint: string) => new CheckpointStore(dynamodb, STATE_TABLE, 'acme', endpoint, () => now);
    const killed = await head('call').acquire('killed');
    await head('chat').acquire('killed');
    await expect(head('call').acquire('next')).rejects.toThrow('lease held by another run');

    expect(await freeAbandonedLeases(dynamodb, STATE_TABLE, now)).toBe(2);

    const next = await head('call').acquire('next');
    expect(next).toMatchObject({ fencingToken: killed.fencingToken + 1, afterFailure: true });
    await expect(head('call').renew(killed.fencingToken)).rejects.toThrow('lease lost to another run');
  });

  it('that expired or were released stay unchanged', async () => {
    const { STATE_TABLE } = await stores.fresh();
    const { dynamodb } = stores.aws;
    await new CheckpointStore(dynamodb, STATE_TABLE, 'acme', 'call', () => now - 600_000).acquire('long ago');
    expect(await freeAbandonedLeases(dynamodb, STATE_TABLE, now)).toBe(0);
  });
});
