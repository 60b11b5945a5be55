import * as z from 'zod/mini';
import { isoTime, parseTimestamp } from '../../../catalog/timestamp.ts';
import type { Requeued } from '../../lake/lake-records.ts';
import {
  closedEntrySchema,
  type UnreadableRecord,
  UnreadableRecords,
  unreadableListSchema,
} from '../../ledger/unreadable-records.ts';
import { checkPosition } from '../position-format.ts';
import { Fingerprints } from './fingerprints.ts';
import { OpenRecords } from './open-records.ts';

/**
 * Maximum number of characters of a position: the checkpoint is an item of 400 kB. Fingerprints use the space that open and unreadable
 * records leave, at most 15,000. Beyond that, the oldest are dropped, and their records may be written twice.
 */
const MAX_CHARACTERS = 300_000;

/** Maximum number of quarantine entries that wait to be cleared. The oldest are dropped: they stay open. */
const MAX_CLOSED = 1_000;

/** Format of the position. */
const FORMAT = 1;

const NOTHING_YET = { formatVersion: FORMAT, cursor: null, taken: '', open: '' };

const tailPositionSchema = z.object({
  formatVersion: z.int(),
  /** Everything before this time is committed. */
  cursor: z.nullable(z.string()),
  /** Records accepted within the look-back before the cursor. */
  taken: z.string(),
  /** Records that were open when last read. */
  open: z.string(),
  /** Platform time up to which closed records have been read. @default - unknown */
  closedTo: z.optional(z.string()),
  /** When all open records were last read again. @default - they must be read again */
  sweptAt: z.optional(z.string()),
  /** Where the first run started, while the look-back still reaches it. @default - it does not */
  start: z.optional(z.string()),
  /** Records that the platform could not deliver. @default - none */
  unreadable: z.optional(unreadableListSchema),
  /** Quarantine entries of records that were merged with others when a backfill handed them over. The next run clears them. @default - none */
  closed: z.optional(z.array(closedEntrySchema)),
});

type Stored = z.infer<typeof tailPositionSchema>;

function parseStored(value: unknown): Stored {
  if (value === undefined) return NOTHING_YET;
  checkPosition(value, FORMAT, 'a tail');
  return tailPositionSchema.parse(value);
}

/** State of a tail between runs. */
export class TailPosition {
  readonly cursor: number | null;
  /** Nothing before this time is read, milliseconds, because it was not requested. */
  readonly start: number;
  /** Records that were already accepted, as far back as they can be read again. */
  readonly taken: Fingerprints;
  /** Open records that have not been read again in this run. */
  readonly open: OpenRecords;
  /** Records that the platform could not deliver. */
  readonly unreadable: UnreadableRecords;
  #closedTo: number | null;
  #sweptAt: number | null;
  #closed: NonNullable<Stored['closed']>;

  private constructor(
    { cursor, closedTo, sweptAt, start, unreadable, closed = [] }: Stored,
    taken: Fingerprints,
    open: OpenRecords,
  ) {
    this.cursor = parseTimestamp(cursor);
    this.start = parseTimestamp(start) ?? Number.NEGATIVE_INFINITY;
    this.taken = taken;
    this.open = open;
    this.unreadable = new UnreadableRecords(unreadable);
    this.#closedTo = parseTimestamp(closedTo);
    this.#sweptAt = parseTimestamp(sweptAt);
    this.#closed = closed;
  }

  /** Platform time up to which closed records have been read; null if unknown. */
  get closedTo(): number | null {
    return this.#closedTo;
  }

  /** When all open records were last read again; null if unknown. */
  get sweptAt(): number | null {
    return this.#sweptAt;
  }

  /**
   * Records that were closed before a time have been read, milliseconds.
   * @param swept true if all open records were read again for that
   */
  takenClosed(time: number, swept: boolean): void {
    this.#closedTo = time;
    if (swept) this.#sweptAt = time;
  }

  /** Takes the quarantine entries that the next batch marks as cleared. @param now platform time, milliseconds */
  takeClosed(now: number): Requeued[] {
    const closed = this.#closed.map((each) => ({ ...each, at: isoTime(now) }));
    this.#closed = [];
    return closed;
  }

  /**
   * @param forgetTaken true to accept again what is read again
   * @param start where a first run starts, milliseconds
   */
  static parse(value: unknown, forgetTaken: boolean, start = Number.NEGATIVE_INFINITY): TailPosition {
    const stored = parseStored(value);
    const isFirst = stored.cursor === null && Number.isFinite(start);
    return new TailPosition(
      isFirst ? { ...stored, start: isoTime(start) } : stored,
      Fingerprints.parse(forgetTaken ? '' : stored.taken),
      OpenRecords.parse(stored.open),
    );
  }

  /**
   * The position to commit.
   * @param cursor new cursor in milliseconds
   * @param keepFrom oldest time at which a record can be read again
   * @param stillOpen records seen open in this run
   */
  next(cursor: number | null, keepFrom: number, stillOpen: OpenRecords): Stored {
    this.taken.removeBefore(keepFrom, (time) => this.unreadable.covers(time));
    const open = this.open.serialise(stillOpen);
    return limitTaken(this.taken, {
      formatVersion: FORMAT,
      cursor: cursor === null ? null : isoTime(cursor),
      open,
      ...(this.#closedTo !== null && { closedTo: isoTime(this.#closedTo) }),
      ...(this.#sweptAt !== null && { sweptAt: isoTime(this.#sweptAt) }),
      ...(keepFrom < this.start && { start: isoTime(this.start) }),
      ...(this.unreadable.size > 0 && { unreadable: this.unreadable.serialise() }),
      ...(this.#closed.length > 0 && { closed: this.#closed }),
    });
  }
}

/**
 * The position of live runs that a rebuild derived from the lake. Without fingerprints, the next run takes again what it reads again.
 * Without `sweptAt`, it reads all open records again.
 * @param cursor milliseconds; null if it is unknown
 */
export function restoreTailPosition(
  cursor: number | null,
  open: OpenRecords,
  unreadable: readonly UnreadableRecord[],
): Stored {
  return {
    ...NOTHING_YET,
    cursor: cursor === null ? null : isoTime(cursor),
    open: open.serialise(OpenRecords.parse('')),
    ...mergeUnreadable({}, unreadable),
  };
}

/**
 * Adds what a range found to the position of live runs. They read open records again until these are closed, and retry records
 * that the platform could not deliver. An open record may have been closed meanwhile, so the next run reads all of them.
 * @returns undefined if the range found neither
 */
export function handOver(live: unknown, range: unknown): unknown {
  const found = TailPosition.parse(range, true);
  const unreadable = parseStored(range).unreadable ?? [];
  if (found.open.isEmpty && unreadable.length === 0) return undefined;
  const { sweptAt, taken, ...known } = parseStored(live);
  return limitTaken(Fingerprints.parse(taken), {
    ...known,
    ...(found.open.isEmpty
      ? sweptAt !== undefined && { sweptAt }
      : { open: OpenRecords.parse(known.open).serialise(found.open) }),
    ...mergeUnreadable(known, unreadable),
  });
}

function mergeUnreadable({ unreadable: known = [], closed = [] }: Partial<Stored>, found: readonly UnreadableRecord[]) {
  const all = new UnreadableRecords(known);
  const merged = all.addAll(found.filter(({ entry }) => !known.some((each) => each.entry === entry)));
  const allClosed = [...closed, ...merged].slice(-MAX_CLOSED);
  return {
    ...(all.size > 0 && { unreadable: all.serialise() }),
    ...(allClosed.length > 0 && { closed: allClosed }),
  };
}

/** Adds as many fingerprints to a position as it has room for. */
function limitTaken(taken: Fingerprints, rest: Omit<Stored, 'taken'>): Stored {
  const { formatVersion, cursor, ...others } = rest;
  const { open, unreadable, closed } = others;
  const left = MAX_CHARACTERS - open.length - JSON.stringify({ unreadable, closed }).length;
  return { formatVersion, cursor, taken: taken.serialise(Math.max(0, left)), ...others };
}
