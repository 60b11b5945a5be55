import type { Checkpoint, LastRun } from './checkpoint.ts';
import type { CheckpointStore, Move } from './checkpoint-store.ts';
import type { Hold } from './committer.ts';
import { isSameEntry, type LedgerEntry } from './ledger-entry.ts';

/** The lease is renewed this long after it was last renewed, milliseconds. */
const RENEW_AFTER = 40_000;

/** The lease of a running function. Every commit renews it. */
export class Lease implements Hold {
  readonly #store: CheckpointStore;
  readonly #now: () => number;
  #checkpoint: Checkpoint;
  #renewedAt: number;
  /** The batch whose commit was refused. */
  #refused: LedgerEntry | undefined;

  private constructor(store: CheckpointStore, checkpoint: Checkpoint, now: () => number) {
    this.#store = store;
    this.#checkpoint = checkpoint;
    this.#now = now;
    this.#renewedAt = now();
  }

  /** Acquires the lease. @throws LeaseHeldError if another run holds it */
  static async acquire(store: CheckpointStore, run: string, now: () => number): Promise<Lease> {
    return new Lease(store, await store.acquire(run), now);
  }

  /** The checkpoint as it was after the last commit. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** Can be called often; writes only when a renewal is due. @throws LeaseHeldError if another run took over */
  async keep(): Promise<void> {
    if (this.#now() - this.#renewedAt < RENEW_AFTER) return;
    // first: others that call meanwhile need not write
    this.#renewedAt = this.#now();
    await this.#store.renew(this.#checkpoint.fencingToken);
  }

  async enter(): Promise<Checkpoint> {
    if (this.#refused === undefined) return this.#checkpoint;
    // the lease is lost, or the commit went through and was repeated because its answer was lost
    const found = await this.#store.read();
    const isOurs = found?.fencingToken === this.#checkpoint.fencingToken && isSameEntry(found.lastEntry, this.#refused);
    if (found === undefined || !isOurs) throw this.#store.lost();
    this.#refused = undefined;
    this.#checkpoint = found;
    return found;
  }

  async commit(checkpoint: Checkpoint, entry: LedgerEntry, move: Move): Promise<boolean> {
    const { fencingToken } = checkpoint;
    const isCommitted = await this.#store.commit({ fencingToken }, entry, move);
    this.#refused = isCommitted ? undefined : entry;
    if (!isCommitted) return false;
    this.#renewedAt = this.#now();
    const { seq } = entry;
    const { position = checkpoint.position, cursor = checkpoint.cursor } = move;
    this.#checkpoint = { ...checkpoint, seq, lastEntry: entry, appended: seq - 1, position, cursor };
    return true;
  }

  /** Releases the lease at the end of a run. @throws LeaseHeldError if another run took over */
  release(end: Move & { readonly appended: number; readonly lastRun: LastRun }): Promise<void> {
    return this.#store.release(this.#checkpoint.fencingToken, end);
  }
}
