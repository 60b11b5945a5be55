/** A record as the API sent it. */
export type RawRecord = Readonly<Record<string, unknown>>;

/** A record to write. */
export interface Taken {
  readonly record: RawRecord;
  /** The record as JSON text. */
  readonly json: string;
  /** Partition: UTC date of the record's own event. */
  readonly dt: string;
  /** When it was read from the API, platform time. */
  readonly extractedAt: string;
  /** Batch of the parent for nested records. @default - the batch it is written in */
  readonly batch?: string;
  /** Says that there is no record: an empty snapshot, a parent version without children. @default false */
  readonly marker?: boolean;
}

/** What a nested record has from its parent: with it the record can still be taken later. */
export interface NestedOrigin {
  /** Partition and batch of the parent. */
  readonly dt: string;
  readonly batch: string;
  /** Keys that ingestion adds to the record. */
  readonly added: RawRecord;
}

/** A record that cannot be used; it goes to quarantine. */
export interface Rejected {
  readonly value: unknown;
  /** What is wrong, with the place in the record but never its value. */
  readonly reason: string;
  /** Where it was found, e.g. `/calls from 2026-11-02T10:00:00.000Z page 1 row 3`. */
  readonly place: string;
  readonly extractedAt: string;
  /** @default - the record is not nested */
  readonly origin?: NestedOrigin;
}

/** A record that is taken out of quarantine. */
export interface TakenBack {
  /** Its entry there, and the partition of that. */
  readonly entry: string;
  readonly dt: string;
  /** When (UTC). */
  readonly at: string;
}

/** A bounded list of records with the position the source has after it. */
export interface SourceBatch {
  readonly taken: readonly Taken[];
  readonly rejected: readonly Rejected[];
  /** Entries of the quarantine whose records are among the taken ones. @default - none */
  readonly takenBack?: readonly TakenBack[];
  readonly extractedAt: string;
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
  /** Time was up before everything was read. */
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
  /** True when a source should stop at the next batch boundary. */
  readonly timeIsUp: () => boolean;
  /**
   * True if the run before may have written objects that it did not commit. What is read again is then taken again, so that
   * the newest version in the lake is what the platform shows now, whatever that run saw.
   */
  readonly afterFailure: boolean;
}

/** A batch is closed when it has so many records or so many characters of JSON. */
export const BATCH_RECORDS = 1_000;
export const BATCH_CHARACTERS = 8_000_000;
