import type { FailureReason } from '../common/errors.ts';

/** What one invocation did. */
export interface IngestSummary {
  readonly tenant: string;
  readonly endpoint: string;
  /** `more`: time was up, call again; `lease_held`: another run is at work and this one did nothing. */
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
  /** What was odd and did not stop the run, a sentence each. */
  readonly warnings: readonly string[];
  /** First and last cursor value taken (UTC); null if nothing was taken or the source has no cursor. */
  readonly from: string | null;
  readonly to: string | null;
  /** Seconds since the endpoint was last caught up; null if nothing is known of it. */
  readonly lagSeconds: number | null;
  /** Seconds from the cursor to now; null without a cursor. */
  readonly cursorAgeSeconds: number | null;
  /**
   * Backfill: time (UTC) up to which the range is done. With `more`, call again from there; with `done`, what is left of the
   * range belongs to live runs, which read it themselves.
   */
  readonly reached?: string;
}

/** How a run that held the lease ended. */
export interface RunEnd extends Omit<IngestSummary, 'outcome'> {
  readonly outcome: 'done' | 'more' | 'failed';
  /** Why it failed. @default - it did not */
  readonly reason?: FailureReason | 'unexpected';
}

/** Counts while a run goes on. */
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

/** Most warnings that a run keeps. */
const MAX_WARNINGS = 20;
const MAX_WARNING_LENGTH = 500;

/** Collects what is odd and does not stop a run, each once. */
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
