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
  /** Batch with which it was read: for a nested record the batch of its parent, for a requeued one the batch that rejected it. @default - the batch it is written in */
  readonly batch?: string;
  /** Marks the absence of records: an empty snapshot, or a parent version without children. @default false */
  readonly marker?: boolean;
}

/** What a nested record inherits from its parent. It is needed to requeue the record later. */
export interface NestedOrigin {
  /** Partition and batch of the parent. */
  readonly dt: string;
  readonly batch: string;
  /** Keys that ingestion adds to the record. */
  readonly added: RawRecord;
}

/** A record that cannot be used; it goes to quarantine. */
export interface Rejected {
  /** The record as JSON text. */
  readonly json: string;
  /** The reason, with the place in the record but never its value. */
  readonly reason: string;
  /** Where it was found, e.g. `/calls from 2026-11-02T10:00:00.000Z page 1 row 3`. */
  readonly place: string;
  readonly extractedAt: string;
  /** @default - the record could be read, or the source has no cursor */
  readonly range?: UnreadableRange | undefined;
  /** @default - the record is not nested */
  readonly origin?: NestedOrigin;
}

/** Cursor times between which an unreadable record is (UTC), both included. */
export interface UnreadableRange {
  readonly from: string;
  readonly until: string;
}

/** One more failed attempt to read a record that is in quarantine as unreadable. */
export interface Tried {
  /** Its entry there, and the partition of that. */
  readonly entry: string;
  readonly dt: string;
  /** When (UTC). */
  readonly at: string;
  /** Number of attempts so far. */
  readonly tries: number;
  /** @default - the source has no cursor */
  readonly range?: UnreadableRange | undefined;
}

/** A record that is requeued. */
export interface Requeued {
  /** Its entry there, and the partition of that. */
  readonly entry: string;
  readonly dt: string;
  /** When (UTC). */
  readonly at: string;
}

/** What a batch adds to the lake. */
export interface LakeBatch {
  readonly taken: readonly Taken[];
  readonly rejected: readonly Rejected[];
  /** Entries of the quarantine that this batch requeues. @default - none */
  readonly requeued?: readonly Requeued[];
  /** Entries of the quarantine that were retried without success. @default - none */
  readonly tried?: readonly Tried[];
  /** Platform time at which the records were read. */
  readonly extractedAt: string;
}
