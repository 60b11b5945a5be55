import type { TimeRange } from '../common/time-range.ts';
import type { LedgerBatch, LedgerObject } from '../ledger/ledger-entry.ts';
import type { SourceBatch } from '../sources/source.ts';
import { isoTime } from '../sources/times.ts';

interface BatchLogOptions {
  readonly run: string;
  readonly scheduledTime: string;
  readonly now: () => number;
  /** Requests sent so far in this run. */
  readonly requests: () => number;
  /** The range that is backfilled. @default - a live run */
  readonly range?: TimeRange;
}

/** Describes a run's batches for the ledger, each with the requests and the time that it took. */
export class BatchLog {
  readonly #options: BatchLogOptions;
  #since: number;
  #requestsBefore = 0;

  constructor(options: BatchLogOptions) {
    this.#options = options;
    this.#since = options.now();
  }

  entry(seq: number, batch: SourceBatch, objects: LedgerObject[]): LedgerBatch {
    const { run, scheduledTime, now, requests, range } = this.#options;
    return {
      seq,
      run,
      scheduledTime,
      committedAt: isoTime(now()),
      extractedAt: batch.extractedAt,
      from: batch.from,
      to: batch.to,
      records: batch.taken.filter(({ marker }) => !marker).length,
      quarantined: batch.rejected.length,
      requests: requests() - this.#requestsBefore,
      seconds: (now() - this.#since) / 1000,
      objects,
      ...(range !== undefined && { range }),
    };
  }

  /** The batch is committed: what follows belongs to the next one. */
  next(): void {
    this.#since = this.#options.now();
    this.#requestsBefore = this.#options.requests();
  }
}
