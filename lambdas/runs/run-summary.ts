import type { FailureReason } from '../common/errors.ts';

/** The result of one invocation. */
export interface IngestSummary {
  readonly tenant: string;
  readonly endpoint: string;
  /** `more`: time was up, call again; `lease_held`: another run is active and this one did nothing. */
  readonly outcome: 'done' | 'more' | 'lease_held';
  readonly records: number;
  readonly batches: number;
  readonly objects: number;
  readonly requests: number;
  /** Answers 429. */
  readonly throttled: number;
  readonly quarantined: number;
  /** Records that the platform cannot deliver at the moment. */
  readonly unreadable: number;
  /** Warnings of the run, one sentence each. */
  readonly warnings: readonly string[];
  /** First and last cursor value read (UTC); null if nothing was read or the source has no cursor. */
  readonly from: string | null;
  readonly to: string | null;
  /** Seconds since the endpoint was last caught up; null if unknown. */
  readonly lagSeconds: number | null;
  /** Seconds from the cursor to now; null without a cursor. */
  readonly cursorAgeSeconds: number | null;
  /**
   * Backfill: time (UTC) up to which the range is done. With `more`, call again from there; with `done`, live runs read
   * the rest of the range.
   */
  readonly reached?: string;
}

/** How a run that held the lease ended. */
export interface RunEnd extends Omit<IngestSummary, 'outcome'> {
  readonly outcome: 'done' | 'more' | 'failed';
  /** Why it failed. @default - it did not */
  readonly reason?: FailureReason | 'unexpected';
}

/** Counters of a running run. */
export class Tally {
  records = 0;
  batches = 0;
  objects = 0;
  quarantined = 0;
  from: string | null = null;
  to: string | null = null;

  add(batch: {
    records: number;
    quarantined: number;
    objects: readonly unknown[];
    from: string | null;
    to: string | null;
  }) {
    this.records += batch.records;
    this.quarantined += batch.quarantined;
    this.objects += batch.objects.length;
    this.batches += 1;
    if (batch.from !== null && (this.from === null || batch.from < this.from)) this.from = batch.from;
    if (batch.to !== null && (this.to === null || batch.to > this.to)) this.to = batch.to;
  }
}

/** Maximum number of warnings that a run keeps. */
const MAX_WARNINGS = 20;
const MAX_WARNING_LENGTH = 500;

/** Collects the warnings of a run, each once. */
export class Warnings {
  readonly #all = new Set<string>();
  #dropped = 0;

  readonly add = (message: string): void => {
    const text = message.slice(0, MAX_WARNING_LENGTH);
    if (this.#all.has(text)) return;
    if (this.#all.size < MAX_WARNINGS) this.#all.add(text);
    else this.#dropped += 1;
  };

  list(): string[] {
    return this.#dropped === 0
      ? [...this.#all]
      : [...this.#all, `${this.#dropped} more warnings of this run are left out`];
  }
}
