import type { StoredObject } from '../lake/stored-object.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Move } from './checkpoint-store.ts';
import { type BatchContent, EntryLog, type EntryLogOptions } from './entry-log.ts';
import type { Ledger } from './ledger.ts';
import { isSameEntry, type LedgerEntry } from './ledger-entry.ts';

/** The right to commit batches: the lease of a run, or the slots of a backfill. */
export interface Hold {
  /**
   * The checkpoint on which the next batch can be committed.
   * @returns undefined if the time was up before
   * @throws LeaseHeldError if the right is lost permanently
   */
  enter(): Promise<Checkpoint | undefined>;
  /** One conditional write. @returns false if nothing was committed: enter again */
  commit(checkpoint: Checkpoint, entry: LedgerEntry, move: Move): Promise<boolean>;
}

/** A batch on its way into the ledger. */
export interface Batch {
  readonly content: BatchContent;
  /** Writes objects and metrics items under a number. Called again with another number if that one was taken meanwhile. */
  readonly write: (seq: number) => Promise<readonly StoredObject[]>;
  /** Where the source continues after it. */
  readonly move: (checkpoint: Checkpoint) => Move;
}

interface CommitterOptions extends EntryLogOptions {
  /** Name of the endpoint, or of its replays. */
  readonly endpoint: string;
  readonly ledger: Ledger;
  readonly hold: Hold;
}

/**
 * Commits batches one after the other. Live runs, backfills, replays and requeues commit only here.
 *
 *     enter ── write objects, metrics ── commit (one conditional write) ── append ledger entry
 *       ^                                  │ refused                          │ a crash before it: the next
 *       └──────────────────────────────────┘                                  │ enter or recover appends it
 *
 * docs/internals/commit.md lists states, transitions and invariants.
 */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #log: EntryLog;
  #appended = 0;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#log = new EntryLog(options);
  }

  /** Number of the last batch whose ledger entry is known to be written. */
  get appended(): number {
    return this.#appended;
  }

  /** Appends the ledger entry that a crash after a commit may have prevented. */
  async recover(checkpoint: Checkpoint): Promise<void> {
    const { seq, appended, lastEntry } = checkpoint;
    this.#appended = Math.max(this.#appended, appended);
    if (lastEntry !== undefined && seq > this.#appended) await this.#append(lastEntry);
  }

  /**
   * Commits a batch.
   * @returns its ledger entry; undefined if the time was up before the commit, then nothing of it counts
   * @throws LeaseHeldError if another run took over; then nothing of it counts
   */
  async commit(batch: Batch): Promise<LedgerEntry | undefined> {
    const { hold } = this.#options;
    let tried: LedgerEntry | undefined;
    for (;;) {
      const checkpoint = await hold.enter();
      if (checkpoint === undefined) return undefined;
      await this.recover(checkpoint);
      // an earlier attempt was committed although its answer was lost or was a refusal
      if (tried !== undefined && isSameEntry(checkpoint.lastEntry, tried)) return this.#finish(tried);
      const seq = checkpoint.seq + 1;
      const objects: readonly StoredObject[] = tried?.seq === seq ? tried.objects : await batch.write(seq);
      tried = this.#log.describe(seq, batch.content, objects);
      if (await hold.commit(checkpoint, tried, batch.move(checkpoint))) {
        await this.#append(tried);
        return this.#finish(tried);
      }
    }
  }

  #finish(entry: LedgerEntry): LedgerEntry {
    this.#log.next();
    return entry;
  }

  async #append(entry: LedgerEntry): Promise<void> {
    await this.#options.ledger.append(this.#options.endpoint, entry);
    this.#appended = entry.seq;
  }
}
