import { isoTime } from '../../catalog/timestamp.ts';
import type { Effects } from '../common/effects.ts';
import type { StoredObject } from '../lake/stored-object.ts';
import type { LastRun } from '../ledger/checkpoint.ts';
import type { CheckpointStore } from '../ledger/checkpoint-store.ts';
import { Committer } from '../ledger/committer.ts';
import { Lease } from '../ledger/lease.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** Where a replay continues: JSON. */
type Position = Readonly<Record<string, unknown>>;

interface JournalOptions {
  readonly store: CheckpointStore;
  readonly ledger: Ledger;
  /** Its name in the state table. */
  readonly name: string;
  readonly run: string;
  readonly continuation: number;
  readonly now: Effects['now'];
}

/** The state of a replay or a rebuild: a checkpoint, and one ledger entry per part. It uses the same commit as ingestion. */
export class ReplayJournal {
  readonly lease: Lease;
  readonly #options: JournalOptions;
  readonly #committer: Committer;
  readonly #startedAt: number;
  #records = 0;

  private constructor(options: JournalOptions, lease: Lease) {
    const { name, ledger, run, now } = options;
    this.#options = options;
    this.lease = lease;
    this.#startedAt = now();
    const scheduledTime = isoTime(this.#startedAt);
    this.#committer = new Committer({ endpoint: name, ledger, hold: lease, run, scheduledTime, now });
  }

  /** Acquires the lease. @throws LeaseHeldError if another replay holds it */
  static async open(options: JournalOptions): Promise<{ journal: ReplayJournal; position: string | undefined }> {
    const lease = await Lease.acquire(options.store, options.run, options.now);
    const journal = new ReplayJournal(options, lease);
    await journal.#committer.recover(lease.checkpoint);
    return { journal, position: lease.checkpoint.position };
  }

  /**
   * Records that a part is done.
   * @param records raw records read in it
   * @param objects objects of it, written now or by a replay that died
   * @throws LeaseHeldError if another replay took over
   */
  async commit(position: Position, dt: string, records: number, objects: StoredObject[]): Promise<void> {
    await this.#committer.commit({
      content: { extractedAt: isoTime(this.#options.now()), from: dt, to: dt, records, quarantined: 0 },
      write: async () => objects,
      move: () => ({ position: JSON.stringify(position), cursor: dt }),
    });
    this.#records += records;
  }

  /** Releases the lease. @param position @default - that of the last part */
  async close(outcome: LastRun['outcome'], position?: Position, error?: string): Promise<void> {
    const { run, continuation, now } = this.#options;
    await this.lease.release({
      appended: this.#committer.appended,
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
}
