import * as z from 'zod/mini';
import { isoTime, parseTimestamp } from '../../../catalog/timestamp.ts';
import { checkPosition } from '../position-format.ts';
import { Fingerprints } from './fingerprints.ts';
import { OpenRecords } from './open-records.ts';

/** Most fingerprints kept; beyond it the oldest are forgotten and their records would merely be written twice. */
const MAX_FINGERPRINTS = 6_000;

/** Format of the position. */
const FORMAT = 1;

const NOTHING_YET = { formatVersion: FORMAT, cursor: null, taken: '', open: '' };

const tailPositionSchema = z.object({
  formatVersion: z.int(),
  /** Everything before this time is committed. */
  cursor: z.nullable(z.string()),
  /** Records taken within the look-back before the cursor. */
  taken: z.string(),
  /** Records that were open when last seen. */
  open: z.string(),
  /** Platform time up to which records that were closed are taken. @default - nothing is known of it */
  closedTo: z.optional(z.string()),
  /** When all open records were last read again. @default - they are to be read again */
  sweptAt: z.optional(z.string()),
  /** Where the first run started, as long as the look-back reaches back to it. @default - it does not */
  start: z.optional(z.string()),
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
  /** Nothing before this time is read, milliseconds: it was not asked for. */
  readonly start: number;
  /** Records taken already, as far back as they can be read again. */
  readonly taken: Fingerprints;
  /** Open records that have not been read again in this run. */
  readonly open: OpenRecords;
  #closedTo: number | null;
  #sweptAt: number | null;

  private constructor({ cursor, closedTo, sweptAt, start }: Stored, taken: Fingerprints, open: OpenRecords) {
    this.cursor = parseTimestamp(cursor);
    this.start = parseTimestamp(start) ?? Number.NEGATIVE_INFINITY;
    this.taken = taken;
    this.open = open;
    this.#closedTo = parseTimestamp(closedTo);
    this.#sweptAt = parseTimestamp(sweptAt);
  }

  /** Platform time up to which records that were closed are taken; null if nothing is known of it. */
  get closedTo(): number | null {
    return this.#closedTo;
  }

  /** When all open records were last read again; null if it is not known. */
  get sweptAt(): number | null {
    return this.#sweptAt;
  }

  /**
   * Records that were closed before a time are taken, milliseconds.
   * @param swept true if for that all open records were read again
   */
  takenClosed(time: number, swept: boolean): void {
    this.#closedTo = time;
    if (swept) this.#sweptAt = time;
  }

  /**
   * @param forgetTaken true to take again what is read again
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
    this.taken.removeBefore(keepFrom);
    return {
      formatVersion: FORMAT,
      cursor: cursor === null ? null : isoTime(cursor),
      taken: this.taken.serialise(MAX_FINGERPRINTS),
      open: this.open.serialise(stillOpen),
      ...(this.#closedTo !== null && { closedTo: isoTime(this.#closedTo) }),
      ...(this.#sweptAt !== null && { sweptAt: isoTime(this.#sweptAt) }),
      ...(keepFrom < this.start && { start: isoTime(this.start) }),
    };
  }
}

/**
 * Where live runs go on, with what a range found open added to what they read again until it is closed. It may have been closed
 * meanwhile: the next run reads all of it.
 * @returns undefined if nothing was open
 */
export function handOverOpen(live: unknown, range: unknown): unknown {
  const found = TailPosition.parse(range, true).open;
  if (found.isEmpty) return undefined;
  const { sweptAt: _, ...known } = parseStored(live);
  return { ...known, open: OpenRecords.parse(known.open).serialise(found) };
}
