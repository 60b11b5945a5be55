import type { LakeBatch } from '../lake/lake-records.ts';

/** A bounded list of records with the position the source has after it. */
export interface SourceBatch extends LakeBatch {
  /** Opaque state of the source, JSON; the next run starts from it. */
  readonly position: unknown;
  /** The position's time for people and dashboards. */
  readonly cursor: string | null;
  /** First and last cursor value. */
  readonly from: string | null;
  readonly to: string | null;
}

/** How a source ended. */
export interface SourceEnd {
  /** The time was up before everything was read. */
  readonly more: boolean;
  /** Platform time up to which everything was read. */
  readonly completeTo: string | null;
  /** State learned since the last batch. @default - unchanged */
  readonly position?: unknown;
  readonly cursor?: string | null;
}

/** How an endpoint's records are obtained. */
export interface Source {
  /** @param position what the last committed batch left, or undefined on the first run */
  batches(position: unknown): AsyncGenerator<SourceBatch, SourceEnd>;
}

/** What every source needs from its run. */
export interface RunContext {
  /** Called before every step that takes time: keeps the lease. */
  readonly keepAlive: () => Promise<void>;
  /** Tells the operator about something odd that did not stop the run: one sentence without personal data. */
  readonly warn: (message: string) => void;
  /** True when a source should stop at the next batch boundary. */
  readonly timeIsUp: () => boolean;
  /**
   * True if the run before may have written objects that it did not commit. What is read again is then taken again, so that
   * the newest version in the lake is what the platform shows now, whatever that run saw.
   */
  readonly afterFailure: boolean;
}

/** A batch is closed when it reaches this number of records or this number of characters of JSON. */
export const BATCH_RECORDS = 1_500;
export const BATCH_CHARACTERS = 8_000_000;
