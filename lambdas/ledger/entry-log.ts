import type { TimeRange } from '../common/time-range.ts';
import type { StoredObject } from '../lake/stored-object.ts';
import { ENTRY_FORMAT, type LedgerEntry } from './ledger-entry.ts';

export interface EntryLogOptions {
  readonly run: string;
  readonly scheduledTime: string;
  readonly now: () => number;
  /** Number of requests sent so far in this run. @default - the run sends none */
  readonly requests?: () => number;
  /** The range that is backfilled. @default - not a backfill */
  readonly range?: TimeRange | undefined;
}

/** The content of a batch that the ledger describes. */
export type BatchContent = Pick<LedgerEntry, 'extractedAt' | 'from' | 'to' | 'records' | 'quarantined'>;

/** Describes a run's batches for the ledger, each with the requests and the time that it took. */
export class EntryLog {
  readonly #options: EntryLogOptions;
  #since: number;
  #requestsBefore = 0;

  constructor(options: EntryLogOptions) {
    this.#options = options;
    this.#since = options.now();
  }

  describe(seq: number, content: BatchContent, objects: readonly StoredObject[]): LedgerEntry {
    const { run, scheduledTime, now, range } = this.#options;
    const { extractedAt, from, to, records, quarantined } = content;
    return {
      formatVersion: ENTRY_FORMAT,
      seq,
      run,
      scheduledTime,
      committedAt: new Date(now()).toISOString(),
      extractedAt,
      from,
      to,
      records,
      quarantined,
      requests: this.#requests() - this.#requestsBefore,
      seconds: (now() - this.#since) / 1000,
      objects: [...objects],
      ...(range !== undefined && { range }),
    };
  }

  /** Marks the batch as committed: later requests and time belong to the next one. */
  next(): void {
    this.#since = this.#options.now();
    this.#requestsBefore = this.#requests();
  }

  #requests(): number {
    return this.#options.requests?.() ?? 0;
  }
}
