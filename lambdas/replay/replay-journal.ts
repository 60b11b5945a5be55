import type { Effects } from '../common/effects.ts';
import type { Head, HeadStore, LastRun } from '../ledger/checkpoint.ts';
import { Lease } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerBatch, LedgerObject } from '../ledger/ledger-entry.ts';
import { isoTime } from '../sources/times.ts';
import type { ReplayPosition } from './replay-position.ts';

interface JournalOptions {
  readonly store: HeadStore;
  readonly ledger: Ledger;
  /** Name of the replay in the state table. */
  readonly name: string;
  readonly run: string;
  readonly continuation: number;
  readonly now: Effects['now'];
}

/** What a replay writes about itself: lease, position and one ledger item per part, as an endpoint's run does. */
export class ReplayJournal {
  readonly lease: Lease;
  readonly #options: JournalOptions;
  readonly #startedAt: number;
  #since: number;
  #seq: number;
  #appended: number;
  #records = 0;

  private constructor(options: JournalOptions, head: Head) {
    this.#options = options;
    this.lease = new Lease(options.store, head, options.now);
    this.#startedAt = options.now();
    this.#since = this.#startedAt;
    this.#seq = head.seq;
    this.#appended = head.appended;
  }

  /** Takes the lease. @throws LeaseHeldError if another replay has it */
  static async open(options: JournalOptions): Promise<{ journal: ReplayJournal; position: string | undefined }> {
    const head = await options.store.acquire(options.run);
    const journal = new ReplayJournal(options, head);
    // a crash may have kept it back
    if (head.appended < head.seq && head.lastBatch !== undefined) await journal.#append(head.lastBatch);
    return { journal, position: head.position };
  }

  /**
   * Notes that a part is done.
   * @param records raw records read in it
   * @param objects written in it, now or by a replay that died
   * @throws LeaseHeldError if another replay took over
   */
  async commit(position: ReplayPosition, dt: string, records: number, objects: LedgerObject[]): Promise<void> {
    const { store, run, now } = this.#options;
    const batch: LedgerBatch = {
      seq: this.#seq + 1,
      run,
      scheduledTime: isoTime(this.#startedAt),
      committedAt: isoTime(now()),
      extractedAt: isoTime(now()),
      from: dt,
      to: dt,
      records,
      quarantined: 0,
      requests: 0,
      seconds: (now() - this.#since) / 1000,
      objects,
    };
    await store.commit(this.lease.fence, batch, JSON.stringify(position), dt);
    this.lease.renewed();
    this.#seq = batch.seq;
    this.#since = now();
    this.#records += records;
    await this.#append(batch);
  }

  /** Gives the lease back. @param position @default - that of the last part */
  async close(outcome: LastRun['outcome'], position?: ReplayPosition, error?: string): Promise<void> {
    const { store, run, continuation, now } = this.#options;
    await store.release(this.lease.fence, {
      appended: this.#appended,
      ...(position !== undefined && { position: JSON.stringify(position), cursor: null }),
      lastRun: {
        run,
        scheduledTime: isoTime(this.#startedAt),
        startedAt: isoTime(this.#startedAt),
        endedAt: isoTime(now()),
        completeTo: outcome === 'done' ? isoTime(this.#startedAt) : null,
        outcome,
        ...(error !== undefined && { error }),
        continuation,
        records: this.#records,
        requests: 0,
      },
    });
  }

  async #append(batch: LedgerBatch): Promise<void> {
    await this.#options.ledger.append(this.#options.name, batch);
    this.#appended = batch.seq;
  }
}
