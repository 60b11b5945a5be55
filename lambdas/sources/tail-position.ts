import * as z from 'zod/mini';
import { Fingerprints } from './fingerprints.ts';
import { OpenRecords } from './open-records.ts';
import { isoTime, parseTime } from './times.ts';

/** Most fingerprints kept; beyond it the oldest are forgotten and their records would merely be written twice. */
const MOST_FINGERPRINTS = 6_000;

const NOTHING_YET = { cursor: null, taken: '', open: '' };

const tailPositionSchema = z.object({
  /** Everything before this time is committed. */
  cursor: z.nullable(z.string()),
  /** Records taken within the look-back before the cursor. */
  taken: z.string(),
  /** Records that were open when last seen. */
  open: z.string(),
});

/** State of a tail between runs. */
export class TailPosition {
  readonly cursor: number | null;
  /** Records taken already, as far back as they can be read again. */
  readonly taken: Fingerprints;
  /** Open records that have not been read again in this run. */
  readonly open: OpenRecords;

  private constructor(cursor: number | null, taken: Fingerprints, open: OpenRecords) {
    this.cursor = cursor;
    this.taken = taken;
    this.open = open;
  }

  /** @param forgetTaken true to take again what is read again */
  static parse(value: unknown, forgetTaken: boolean): TailPosition {
    const { cursor, taken, open } = value === undefined ? NOTHING_YET : tailPositionSchema.parse(value);
    return new TailPosition(parseTime(cursor), Fingerprints.parse(forgetTaken ? '' : taken), OpenRecords.parse(open));
  }

  /**
   * The position to commit.
   * @param cursor new cursor in milliseconds
   * @param keepFrom oldest time at which a record can be read again
   * @param stillOpen records seen open in this run
   */
  next(cursor: number | null, keepFrom: number, stillOpen: OpenRecords): z.infer<typeof tailPositionSchema> {
    this.taken.removeBefore(keepFrom);
    return {
      cursor: cursor === null ? null : isoTime(cursor),
      taken: this.taken.serialise(MOST_FINGERPRINTS),
      open: this.open.serialise(stillOpen),
    };
  }
}

/**
 * Where live runs go on, with what a range found open added to what they read again until it is closed.
 * @returns undefined if nothing was open
 */
export function handedOver(live: unknown, range: unknown): unknown {
  const found = TailPosition.parse(range, true).open;
  if (found.isEmpty) return undefined;
  const known = live === undefined ? NOTHING_YET : tailPositionSchema.parse(live);
  return { ...known, open: OpenRecords.parse(known.open).serialise(found) };
}
