import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseHeldError } from '../../lambdas/common/errors.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { itemsOf, type Stores, startStores } from '../support/test-stores.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { batch, lastRun } from './sample-entry.ts';

const LEASE = 120_000;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

let used = 0;

/** Functions of one tenant's endpoint; none is running. */
function setup() {
  const time = new VirtualTime();
  const tenant = `tenant-${used++}`;
  const table = stores.environment.STATE_TABLE;
  const open = (endpoint = 'call') => new CheckpointStore(stores.aws.dynamodb, table, tenant, endpoint, time.now);
  const item = async () => (await itemsOf(stores.aws, table)).find(({ pk }) => pk === `${tenant}#call`);
  return { time, open, item, checkpoint: open() };
}

describe('a lease', () => {
  it('of an endpoint that has never run starts at the beginning', async () => {
    const { checkpoint } = setup();
    expect(await checkpoint.acquire('a')).toMatchObject({
      fencingToken: 1,
      seq: 0,
      appended: 0,
      leaseUntil: Date.parse('2026-03-02T12:02:00.000Z'),
      records: 0,
      quarantined: 0,
    });
  });

  it('is given to one of many simultaneous requests, with a number above all earlier ones', async () => {
    const { time, open } = setup();
    for (let round = 1; round <= 3; round++) {
      const asked = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => open().acquire(`run-${i}`)));
      const given = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value.fencingToken] : []));
      expect(given).toEqual([round]);
      for (const each of asked) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(LeaseHeldError);
      time.time += LEASE;
    }
  });

  it('blocks other runs until two minutes after it was acquired, and not longer', async () => {
    const { time, checkpoint, open } = setup();
    await checkpoint.acquire('a');
    time.time += LEASE - 1;
    await expect(open().acquire('b')).rejects.toThrow('call: lease held by another run');
    time.time += 1;
    expect((await open().acquire('b')).fencingToken).toBe(2);
  });

  it('does not block another endpoint', async () => {
    const { checkpoint, open } = setup();
    await checkpoint.acquire('a');
    expect((await open('chat').acquire('b')).fencingToken).toBe(1);
  });

  it('lasts two minutes from its last renewal', async () => {
    const { time, checkpoint, open } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    for (let renewals = 0; renewals < 3; renewals++) {
      time.time += LEASE - 1;
      await checkpoint.renew(fencingToken);
    }
    time.time += LEASE - 1;
    await expect(open().acquire('b')).rejects.toThrow(LeaseHeldError);
    time.time += 1;
    expect((await open().acquire('b')).fencingToken).toBe(2);
  });

  it('that another run took over cannot be renewed, used for a commit or released', async () => {
    const { time, checkpoint, open, item } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    time.time += LEASE;
    await open().acquire('b');
    const before = await item();
    await expect(checkpoint.renew(fencingToken)).rejects.toThrow('lease lost to another run');
    expect(await checkpoint.commit({ fencingToken }, batch(1), { position: '{}', cursor: null })).toBe(false);
    await expect(checkpoint.release(fencingToken, { appended: 0, lastRun: lastRun() })).rejects.toThrow(LeaseHeldError);
    expect(await item()).toEqual(before);
  });

  it('that expired is still valid if no other run has taken it', async () => {
    const { time, checkpoint } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    time.time += 10 * LEASE;
    await checkpoint.commit({ fencingToken }, batch(1), { position: '{}', cursor: null });
    await expect(checkpoint.acquire('b')).rejects.toThrow(LeaseHeldError);
  });
});

describe('a commit', () => {
  it('leaves position, cursor, totals and the batch to the next lease', async () => {
    const { time, checkpoint } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    await checkpoint.commit({ fencingToken }, batch(1), { position: '{"n":1}', cursor: '2026-03-02T11:00:00.000Z' });
    await checkpoint.commit({ fencingToken }, batch(2, { records: 10, quarantined: 0 }), {
      position: '{"n":2}',
      cursor: null,
    });
    time.time += LEASE;
    expect(await checkpoint.acquire('b')).toMatchObject({
      fencingToken: 2,
      seq: 2,
      appended: 1,
      position: '{"n":2}',
      cursor: null,
      records: 13,
      quarantined: 1,
      lastEntry: batch(2, { records: 10, quarantined: 0 }),
    });
  });

  it('renews the lease', async () => {
    const { time, checkpoint, open } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    time.time += LEASE - 1;
    await checkpoint.commit({ fencingToken }, batch(1), { position: '{}', cursor: null });
    time.time += LEASE - 1;
    await expect(open().acquire('b')).rejects.toThrow(LeaseHeldError);
  });

  it.each([1, 2, 4, 9])('after batch 2 is refused for batch %i and changes nothing', async (seq) => {
    const { checkpoint, item } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    await checkpoint.commit({ fencingToken }, batch(1), { position: '{}', cursor: null });
    await checkpoint.commit({ fencingToken }, batch(2), { position: '{}', cursor: null });
    const before = await item();
    expect(await checkpoint.commit({ fencingToken }, batch(seq), { position: '{"n":9}', cursor: null })).toBe(false);
    expect(await item()).toEqual(before);
  });

  it('that failed for another reason than the lease reports that reason', async () => {
    const { time } = setup();
    const nowhere = new CheckpointStore(stores.aws.dynamodb, 'no-such-table', 'acme', 'call', time.now);
    await expect(nowhere.acquire('a')).rejects.toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
  });
});

describe('releasing the lease', () => {
  it('frees it immediately and records what the run did', async () => {
    const { checkpoint, open } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    await checkpoint.commit({ fencingToken }, batch(1), { position: '{"n":1}', cursor: 'c1' });
    await checkpoint.release(fencingToken, { appended: 1, lastRun: lastRun({ outcome: 'failed', error: 'no' }) });
    const next = await open().acquire('b');
    expect(next).toMatchObject({ fencingToken: 2, seq: 1, appended: 1, position: '{"n":1}', cursor: 'c1', records: 3 });
    expect(next.lastRun).toEqual(lastRun({ outcome: 'failed', error: 'no' }));
  });

  it.each(['done', 'more', 'failed'] as const)(
    'after a run that ended as %s tells the next one whether it failed',
    async (outcome) => {
      const { checkpoint, open } = setup();
      const { fencingToken, afterFailure } = await checkpoint.acquire('a');
      expect(afterFailure).toBe(false);
      await checkpoint.release(fencingToken, { appended: 0, lastRun: lastRun({ outcome }) });
      expect((await open().acquire('b')).afterFailure).toBe(outcome === 'failed');
    },
  );

  it('does not happen when a run dies: the next run is told', async () => {
    const { time, checkpoint, open } = setup();
    await checkpoint.acquire('a');
    time.time += LEASE;
    expect((await open().acquire('b')).afterFailure).toBe(true);
  });

  it('keeps what the source has learned since its last batch', async () => {
    const { checkpoint, open } = setup();
    const { fencingToken } = await checkpoint.acquire('a');
    await checkpoint.release(fencingToken, { appended: 0, lastRun: lastRun(), position: '{"n":5}', cursor: 'c5' });
    expect(await open().acquire('b')).toMatchObject({ seq: 0, position: '{"n":5}', cursor: 'c5' });
  });
});
