import * as z from 'zod/mini';
import { isEventTime, isoTime, readTimestamp } from '../../catalog/timestamp.ts';
import type { Rejected, Requeued, Tried, UnreadableRange } from '../lake/lake-records.ts';
import { toEntryId } from '../lake/quarantine-lines.ts';

/** Maximum number of records that are remembered. Beyond it, the two oldest are merged into one range. */
const MAX_RECORDS = 100;

/** Milliseconds until an unreadable record is retried. The wait doubles after every attempt, up to a day. */
const FIRST_RETRY = 10 * 60_000;
const MAX_RETRY = 24 * 3_600_000;

/** Maximum number of characters that are kept of a reason. */
const MAX_REASON = 300;

/** One or more records that the platform cannot deliver. Times in UTC. */
const unreadableSchema = z.object({
  /** It lies between these cursor times, both included. */
  from: z.string(),
  until: z.string(),
  /** Where it was found, e.g. `/calls from 2026-11-02T10:00:00.000Z record 250`. */
  place: z.string(),
  reason: z.string(),
  firstSeen: z.string(),
  lastSeen: z.string(),
  tries: z.int(),
  /** When an attempt was last journalled. @default - when it was first seen */
  journalledAt: z.optional(z.string()),
  retryAt: z.string(),
  /** Its entry in the quarantine, and the partition of that. */
  entry: z.string(),
  dt: z.string(),
});
export type UnreadableRecord = z.infer<typeof unreadableSchema>;

export const unreadableListSchema = z.array(unreadableSchema);

/** An entry of the quarantine, and its partition, that has to be marked as cleared. */
export const closedEntrySchema = z.object({ entry: z.string(), dt: z.string() });
type ClosedEntry = z.infer<typeof closedEntrySchema>;

/** What the platform failed to deliver in this run; times in milliseconds. */
export interface FoundUnreadable {
  readonly from: number;
  readonly until: number;
  readonly place: string;
  readonly reason: string;
}

/** Cursor times that are read in one walk, both ends included, milliseconds. */
export interface ReadRange {
  readonly from: number;
  /** @default - to the newest record */
  readonly until?: number | undefined;
}

const EVERYTHING: ReadRange = { from: Number.NEGATIVE_INFINITY };

/** What a record that could not be read changes in the quarantine. */
export interface Noted {
  /** Its entry. @default - it has one */
  readonly rejected?: Rejected;
  /** Entries of records whose ranges became part of another one. */
  readonly requeued: readonly Requeued[];
  /** The attempt, if it is journalled. @default - it is not */
  readonly tried?: Tried | undefined;
}

/** The records of an endpoint that the platform could not deliver. They block nothing and are retried until they can be read. */
export class UnreadableRecords {
  readonly #records: UnreadableRecord[];
  readonly #noted = new Set<UnreadableRecord>();

  constructor(stored: readonly UnreadableRecord[] = []) {
    this.#records = [...stored];
  }

  get size(): number {
    return this.#records.length;
  }

  /** Whether a record between these times was unreadable before. */
  isExpected(from: number): boolean {
    return this.#records.some((record) => readTimestamp(record.until) >= from);
  }

  /** Whether a time is in the range of an unreadable record: what can be read there is read again with every retry. */
  covers(time: number): boolean {
    return this.#records.some(({ from, until }) => readTimestamp(from) <= time && time <= readTimestamp(until));
  }

  /** Records whose retry is due and that this run has not found yet. */
  due(now: number): UnreadableRecord[] {
    return this.#records.filter((record) => !this.#noted.has(record) && readTimestamp(record.retryAt) <= now);
  }

  /**
   * Notes that a record could not be read. Ranges that touch become one.
   * @param now platform time, milliseconds
   * @param walk what is being read. A range that reaches beyond it stays due: other records in it are not read now. @default - everything
   */
  note(found: FoundUnreadable, now: number, walk: ReadRange = EVERYTHING): Noted {
    const [known, ...others] = this.#records.filter(
      (record) => readTimestamp(record.from) <= found.until && readTimestamp(record.until) >= found.from,
    );
    const reason = found.reason.slice(0, MAX_REASON);
    if (known !== undefined) {
      const whole = others.map(toRange).reduce(extend, extend(known, found));
      const isNoted = [known, ...others].some((record) => this.#noted.has(record));
      const isTried = !isNoted && isWithin(whole, walk);
      const counted = { ...whole, ...(isTried && countTry(known, reason, now)) };
      const isJournalled = isTried && mustJournal(known, now);
      const next = { ...counted, ...(isJournalled && { journalledAt: isoTime(now) }) };
      this.#records[this.#records.indexOf(known)] = next;
      if (isNoted || isTried) this.#noted.add(next);
      return {
        requeued: this.#clear((record) => others.includes(record), now),
        ...(isJournalled && { tried: describeTry(next) }),
      };
    }
    const rejected = {
      json: 'null',
      reason: `unreadable: ${reason}`,
      place: found.place,
      extractedAt: isoTime(now),
      range: describeRange(found),
    };
    const record = {
      from: isoTime(found.from),
      until: isoTime(found.until),
      place: found.place,
      reason,
      firstSeen: isoTime(now),
      lastSeen: isoTime(now),
      tries: 1,
      retryAt: isoTime(now + FIRST_RETRY),
      entry: toEntryId(rejected),
      dt: rejected.extractedAt.slice(0, 10),
    };
    this.#records.push(record);
    this.#noted.add(record);
    return { rejected, requeued: this.#mergeOldest(now) };
  }

  /**
   * Removes the records from a time on that were not found again: everything there has been read.
   * @returns their entries of the quarantine
   */
  clearFrom(from: number, now: number): Requeued[] {
    return this.#clear((record) => readTimestamp(record.from) >= from && !this.#noted.has(record), now);
  }

  /** Forgets a record that could be read. @returns its entry of the quarantine */
  clear(read: UnreadableRecord, now: number): Requeued[] {
    return this.#clear((record) => record === read, now);
  }

  /**
   * Adds the records that another reader has found.
   * @returns the quarantine entries of those that became part of another one
   */
  addAll(others: readonly UnreadableRecord[]): ClosedEntry[] {
    this.#records.push(...others);
    return this.#mergeOldest(0).map(({ entry, dt }) => ({ entry, dt }));
  }

  /** The records that are kept, oldest first. */
  serialise(): UnreadableRecord[] {
    return this.#records.toSorted(byStart);
  }

  /** Merges the two oldest records until they are few enough. @returns the quarantine entries of those that became part of another one */
  #mergeOldest(now: number): Requeued[] {
    const requeued: Requeued[] = [];
    while (this.#records.length > MAX_RECORDS) {
      const [first, second] = this.#records.toSorted(byStart);
      if (first === undefined || second === undefined) break;
      const merged = extend(first, toRange(second));
      this.#records[this.#records.indexOf(first)] = merged;
      if (this.#noted.has(first) || this.#noted.has(second)) this.#noted.add(merged);
      requeued.push(...this.clear(second, now));
    }
    return requeued;
  }

  #clear(isRead: (record: UnreadableRecord) => boolean, now: number): Requeued[] {
    const read = this.#records.filter(isRead);
    for (const record of read) this.#records.splice(this.#records.indexOf(record), 1);
    return read.map(({ entry, dt }) => ({ entry, dt, at: isoTime(now) }));
  }
}

/** Extends the range of a record to cover a new finding. Neighbouring unreadable records share one entry. */
const extend = (
  known: UnreadableRecord,
  { from, until }: Pick<FoundUnreadable, 'from' | 'until'>,
): UnreadableRecord => ({
  ...known,
  from: isoTime(Math.min(readTimestamp(known.from), from)),
  until: isoTime(Math.max(readTimestamp(known.until), until)),
});

const isWithin = ({ from, until }: UnreadableRecord, walk: ReadRange): boolean =>
  readTimestamp(from) >= walk.from && readTimestamp(until) <= (walk.until ?? Number.POSITIVE_INFINITY);

const byStart = (a: UnreadableRecord, b: UnreadableRecord): number => (a.from < b.from ? -1 : 1);

const toRange = ({ from, until }: UnreadableRecord) => ({ from: readTimestamp(from), until: readTimestamp(until) });

/** Updates a record after another failed attempt. */
function countTry({ tries }: UnreadableRecord, reason: string, now: number): Partial<UnreadableRecord> {
  const wait = Math.min(MAX_RETRY, FIRST_RETRY * 2 ** Math.min(20, tries));
  return { reason, lastSeen: isoTime(now), tries: tries + 1, retryAt: isoTime(now + wait) };
}

/** Whether an attempt is journalled: each one that was due, and one a day of those that happen because the range is read anyway. */
const mustJournal = ({ retryAt, journalledAt, firstSeen }: UnreadableRecord, now: number): boolean =>
  now >= readTimestamp(retryAt) || now - readTimestamp(journalledAt ?? firstSeen) >= MAX_RETRY;

const describeTry = (record: UnreadableRecord): Tried => {
  const { entry, dt, lastSeen, tries } = record;
  return { entry, dt, at: lastSeen, tries, range: describeRange(toRange(record)) };
};

/** The range as text. Returns undefined for a snapshot, whose records have places instead of cursor times. */
const describeRange = ({ from, until }: Pick<FoundUnreadable, 'from' | 'until'>): UnreadableRange | undefined =>
  isEventTime(from) ? { from: isoTime(from), until: isoTime(until) } : undefined;

const withUnreadableSchema = z.object({ unreadable: unreadableListSchema });

/** The unreadable records that a position of any source holds. */
export const readUnreadable = (position: unknown): readonly UnreadableRecord[] =>
  withUnreadableSchema.safeParse(position).data?.unreadable ?? [];

export const countUnreadable = (position: unknown): number => readUnreadable(position).length;
