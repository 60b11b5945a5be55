import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseHeldError } from '../../lambdas/common/errors.ts';
import { CheckpointStore } from '../../lambdas/ledger/checkpoint-store.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { batch, lastRun } from './sample-entry.ts';

/** The table "Transitions" of docs/internals/commit.md. Run A once had the lease; R is another run, B and C are backfills. */
const TRANSITIONS: Record<State, Record<Event, 'done' | 'refused'>> = {
  new: {
    'R acquires': 'done',
    'A renews': 'refused',
    'A commits the next batch': 'refused',
    'A commits another number': 'refused',
    'A releases': 'refused',
    'B takes a slot': 'done',
    'C takes a slot': 'done',
    'B commits in its slot': 'refused',
  },
  'leased by A': {
    'R acquires': 'refused',
    'A renews': 'done',
    'A commits the next batch': 'done',
    'A commits another number': 'refused',
    'A releases': 'done',
    'B takes a slot': 'refused',
    'C takes a slot': 'refused',
    'B commits in its slot': 'refused',
  },
  'lease of A expired': {
    'R acquires': 'done',
    'A renews': 'done',
    'A commits the next batch': 'done',
    'A commits another number': 'refused',
    'A releases': 'done',
    'B takes a slot': 'done',
    'C takes a slot': 'done',
    'B commits in its slot': 'refused',
  },
  'taken over by R': {
    'R acquires': 'refused',
    'A renews': 'refused',
    'A commits the next batch': 'refused',
    'A commits another number': 'refused',
    'A releases': 'refused',
    'B takes a slot': 'refused',
    'C takes a slot': 'refused',
    'B commits in its slot': 'refused',
  },
  'in a slot of B': {
    'R acquires': 'done',
    'A renews': 'done',
    'A commits the next batch': 'done',
    'A commits another number': 'refused',
    'A releases': 'done',
    'B takes a slot': 'done',
    'C takes a slot': 'refused',
    'B commits in its slot': 'done',
  },
  'in a slot of B, then leased': {
    'R acquires': 'refused',
    'A renews': 'done',
    'A commits the next batch': 'done',
    'A commits another number': 'refused',
    'A releases': 'done',
    'B takes a slot': 'refused',
    'C takes a slot': 'refused',
    'B commits in its slot': 'refused',
  },
  'being rebuilt': {
    'R acquires': 'refused',
    'A renews': 'refused',
    'A commits the next batch': 'refused',
    'A commits another number': 'refused',
    'A releases': 'refused',
    'B takes a slot': 'refused',
    'C takes a slot': 'refused',
    'B commits in its slot': 'refused',
  },
};

type State =
  | 'new'
  | 'leased by A'
  | 'lease of A expired'
  | 'taken over by R'
  | 'in a slot of B'
  | 'in a slot of B, then leased'
  | 'being rebuilt';

type Event =
  | 'R acquires'
  | 'A renews'
  | 'A commits the next batch'
  | 'A commits another number'
  | 'A releases'
  | 'B takes a slot'
  | 'C takes a slot'
  | 'B commits in its slot';

const LEASE = 120_000;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** A's fencing token, and the number of B's slot. */
const A = { fencingToken: 1 };
const B = { fencingToken: 1, slot: 1 };

let used = 0;
const NEXT = 2;

/** A checkpoint in a state; every state but the first has one batch. */
async function reach(state: State): Promise<CheckpointStore> {
  const time = new VirtualTime();
  const table = stores.environment.STATE_TABLE;
  const store = new CheckpointStore(stores.aws.dynamodb, table, `tenant-${used++}`, 'call', time.now);
  if (state === 'new') return store;
  await store.acquire('a');
  await store.commit(A, batch(1), { position: '{}', cursor: null });
  if (state === 'leased by A') return store;
  time.time += LEASE;
  if (state === 'taken over by R') await store.acquire('r');
  if (state.startsWith('in a slot of B')) await store.takeSlot('b');
  if (state === 'being rebuilt') await store.close();
  if (state.endsWith('then leased')) await store.renew(A.fencingToken);
  return store;
}

function perform(store: CheckpointStore, event: Event): Promise<unknown> {
  switch (event) {
    case 'R acquires':
      return store.acquire('r');
    case 'A renews':
      return store.renew(A.fencingToken);
    case 'A commits the next batch':
      return store.commit(A, batch(NEXT), { position: '{"n":2}' });
    case 'A commits another number':
      return store.commit(A, batch(NEXT + 1), { position: '{"n":3}' });
    case 'A releases':
      return store.release(A.fencingToken, { appended: 1, lastRun: lastRun() });
    case 'B takes a slot':
      return store.takeSlot('b');
    case 'C takes a slot':
      return store.takeSlot('c');
    case 'B commits in its slot':
      return store.commit(B, batch(NEXT), {});
  }
}

async function isDone(work: Promise<unknown>): Promise<boolean> {
  try {
    return (await work) !== false;
  } catch (error) {
    if (error instanceof LeaseHeldError) return false;
    throw error;
  }
}

describe.each(Object.entries(TRANSITIONS))('a checkpoint that is %s', (state, row) => {
  it.each(Object.entries(row))('when %s: %s', async (event, expected) => {
    const store = await reach(state as State);
    const before = await store.read();
    expect(await isDone(perform(store, event as Event))).toBe(expected === 'done');
    if (expected === 'refused') expect(await store.read()).toEqual(before);
  });
});
