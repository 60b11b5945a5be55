import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LeaseHeldError } from '../../lambdas/common/errors.ts';
import { BackfillSlot } from '../../lambdas/ledger/backfill-slot.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { type Batch, Committer, type Hold } from '../../lambdas/ledger/committer.ts';
import { Lease } from '../../lambdas/ledger/lease.ts';
import { Ledger } from '../../lambdas/ledger/ledger.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { lastRun } from './sample-entry.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
afterEach(() => vi.restoreAllMocks());

let used = 0;

function setup() {
  const time = new VirtualTime();
  const tenant = `tenant-${used++}`;
  const { dynamodb } = stores.aws;
  const table = stores.environment.STATE_TABLE;
  const store = new CheckpointStore(dynamodb, table, tenant, 'call', time.now);
  const ledger = new Ledger(dynamodb, table, tenant);
  const committer = (hold: Hold, run: string) =>
    new Committer({ endpoint: 'call', ledger, hold, run, scheduledTime: 'now', now: time.now });
  const entries = () => Array.fromAsync(ledger.entriesAfter('call', 0));
  return { time, dynamodb, store, ledger, committer, entries };
}

const content = { extractedAt: '2026-03-02T12:00:00.000Z', from: null, to: null, records: 3, quarantined: 0 };

/** A batch that notes the numbers under which it was written. */
function batchOf(position: string, numbers: number[] = []): Batch {
  return {
    content,
    write: async (seq) => {
      numbers.push(seq);
      return [{ key: `${position}-${seq}`, zone: 'raw', dt: '2026-03-02', records: 3, bytes: 9 }];
    },
    move: () => ({ position, cursor: null }),
  };
}

/** Has DynamoDB carry out the next update and lose its answer, so that the client repeats it. */
function repeatNextCommit(dynamodb: Stores['aws']['dynamodb']): void {
  const send = dynamodb.send.bind(dynamodb);
  vi.spyOn(dynamodb, 'send').mockImplementationOnce(async (command: unknown) => {
    if (!(command instanceof UpdateCommand)) throw new Error('not an update');
    await send(command);
    return send(command) as never;
  });
}

describe('a commit under a lease', () => {
  it('writes under the next number, commits and appends', async () => {
    const { store, time, committer, entries } = setup();
    const lease = await Lease.acquire(store, 'a', time.now);
    const committing = committer(lease, 'a');
    const numbers: number[] = [];
    for (const position of ['{"n":1}', '{"n":2}']) await committing.commit(batchOf(position, numbers));
    expect(numbers).toEqual([1, 2]);
    expect(await entries()).toMatchObject([{ seq: 1 }, { seq: 2, objects: [{ key: '{"n":2}-2' }] }]);
    expect(await store.read()).toMatchObject({ seq: 2, position: '{"n":2}', records: 6 });
    expect(committing.appended).toBe(2);
  });

  it('recognises a commit whose answer was lost and does not repeat it', async () => {
    const { dynamodb, store, time, committer, entries } = setup();
    const lease = await Lease.acquire(store, 'a', time.now);
    const numbers: number[] = [];
    repeatNextCommit(dynamodb);
    expect(await committer(lease, 'a').commit(batchOf('{"n":1}', numbers))).toMatchObject({ seq: 1 });
    expect(numbers).toEqual([1]);
    expect(await entries()).toHaveLength(1);
    expect(await store.read()).toMatchObject({ seq: 1, records: 3 });
  });

  it('ends the run if another run took over, and keeps what that run committed', async () => {
    const { store, time, committer, entries } = setup();
    const lease = await Lease.acquire(store, 'a', time.now);
    time.time += 120_000;
    const other = await Lease.acquire(store, 'b', time.now);
    await committer(other, 'b').commit(batchOf('{"by":"b"}'));
    await expect(committer(lease, 'a').commit(batchOf('{"by":"a"}'))).rejects.toThrow(LeaseHeldError);
    expect(await entries()).toMatchObject([{ run: 'b' }]);
    expect((await store.read())?.position).toBe('{"by":"b"}');
  });

  it('ends the run if a backfill committed after the lease expired: its open records stay in the position', async () => {
    const { store, time, committer } = setup();
    const lease = await Lease.acquire(store, 'a', time.now);
    time.time += 120_000;
    const slot = new BackfillSlot({ store, run: 'b', timeIsUp: () => false, effects: time.effects() });
    await committer(slot, 'b').commit({ ...batchOf('-'), move: () => ({ position: '{"open":"b"}' }) });
    await expect(committer(lease, 'a').commit(batchOf('{"by":"a"}'))).rejects.toThrow(LeaseHeldError);
    expect((await store.read())?.position).toBe('{"open":"b"}');
  });
});

describe('a commit in a slot', () => {
  it('waits for the live run and moves no cursor', async () => {
    const { store, time, committer } = setup();
    const lease = await Lease.acquire(store, 'a', time.now);
    await committer(lease, 'a').commit({ ...batchOf('{}'), move: () => ({ position: '{}', cursor: 'c1' }) });
    await lease.release({ appended: 1, lastRun: lastRun() });
    const slot = new BackfillSlot({ store, run: 'b', timeIsUp: () => false, effects: time.effects() });
    expect(await committer(slot, 'b').commit({ ...batchOf('-'), move: () => ({}) })).toMatchObject({ seq: 2 });
    expect(await store.read()).toMatchObject({ cursor: 'c1', position: '{}', seq: 2 });
  });

  it('writes the objects again under the next number if a live run came between', async () => {
    const { store, time, committer, entries } = setup();
    const slot = new BackfillSlot({ store, run: 'b', timeIsUp: () => false, effects: time.effects() });
    const numbers: number[] = [];
    const batch = batchOf('-', numbers);
    await committer(slot, 'b').commit({
      ...batch,
      move: () => ({}),
      write: async (seq) => {
        if (seq === 1) {
          const lease = await Lease.acquire(store, 'a', time.now);
          await committer(lease, 'a').commit(batchOf('{"by":"a"}'));
          await lease.release({ appended: 1, lastRun: lastRun() });
        }
        return batch.write(seq);
      },
    });
    expect(numbers).toEqual([1, 2]);
    expect(await entries()).toMatchObject([{ run: 'a' }, { run: 'b', objects: [{ key: '--2' }] }]);
  });

  it('gives up when time is up, and nothing of it counts', async () => {
    const { store, time, committer, entries } = setup();
    await Lease.acquire(store, 'a', time.now);
    const slot = new BackfillSlot({ store, run: 'b', timeIsUp: () => true, effects: time.effects() });
    expect(await committer(slot, 'b').commit(batchOf('-'))).toBeUndefined();
    expect(await entries()).toEqual([]);
  });
});

describe('recovery', () => {
  it('appends the entry that a crash after the commit prevented, once', async () => {
    const { store, ledger, time, committer, entries } = setup();
    const lease = await Lease.acquire(store, 'a', time.now);
    vi.spyOn(ledger, 'append').mockRejectedValueOnce(new Error('killed'));
    await expect(committer(lease, 'a').commit(batchOf('{"n":1}'))).rejects.toThrow('killed');
    expect(await entries()).toEqual([]);
    time.time += 120_000;
    const next = await Lease.acquire(store, 'b', time.now);
    const committing = committer(next, 'b');
    await committing.recover(next.checkpoint);
    expect(await entries()).toMatchObject([{ seq: 1, run: 'a' }]);
    await committing.commit(batchOf('{"n":2}'));
    expect(await entries()).toMatchObject([{ seq: 1 }, { seq: 2, run: 'b' }]);
  });
});
