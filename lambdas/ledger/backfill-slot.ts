import type { Effects } from '../common/effects.ts';
import { LeaseHeldError } from '../common/errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointStore, Move } from './checkpoint-store.ts';
import type { Hold } from './committer.ts';
import type { LedgerEntry } from './ledger-entry.ts';

/** Average time between two attempts to get a slot, milliseconds. */
const PAUSE = 2_000;

interface BackfillSlotOptions {
  readonly store: CheckpointStore;
  readonly run: string;
  readonly timeIsUp: () => boolean;
  readonly effects: Pick<Effects, 'sleep' | 'random'>;
}

/**
 * The slots of a backfill: one for each batch, between live runs. If a live run ends a slot, the backfill takes another one. If the
 * batch number is used by then, the objects are written again under the next number.
 */
export class BackfillSlot implements Hold {
  readonly #options: BackfillSlotOptions;

  constructor(options: BackfillSlotOptions) {
    this.#options = options;
  }

  async enter(): Promise<Checkpoint | undefined> {
    const { store, run, timeIsUp, effects } = this.#options;
    for (;;) {
      try {
        return await store.takeSlot(run);
      } catch (error) {
        if (!(error instanceof LeaseHeldError)) throw error;
      }
      if (timeIsUp()) return undefined;
      await effects.sleep(PAUSE * (0.5 + effects.random()));
    }
  }

  commit({ fencingToken, slot }: Checkpoint, entry: LedgerEntry, move: Move): Promise<boolean> {
    return this.#options.store.commit({ fencingToken, slot }, entry, move);
  }
}
