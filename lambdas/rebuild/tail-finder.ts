import * as z from 'zod/mini';
import type { TailSource } from '../../catalog/index.ts';
import { isoTime, parseEventTime, readTimestamp } from '../../catalog/timestamp.ts';
import type { UnreadableRecord } from '../ledger/unreadable-records.ts';
import { MAX_OPEN_RECORDS, OpenRecords } from '../sources/tail/open-records.ts';
import { restoreTailPosition } from '../sources/tail/tail-position.ts';
import { MAX_AHEAD_OF_CLOCK } from '../sources/tail/walk-tail.ts';
import type { AttemptContent, BatchContent, LakeRecord } from './batch-content.ts';

/** Largest `settleSeconds` of a tenant, milliseconds: the cursor stays at least this far behind the time of reading. */
const MAX_SETTLE = 3_600_000;

/** How far an attempt read, milliseconds. */
const reachSchema = z.object({
  /** Latest cursor time. */
  high: z.number(),
  /** Everything before it was there when it was read. */
  settled: z.number(),
});
type Reach = z.infer<typeof reachSchema>;

export const tailStateSchema = z.object({
  kind: z.literal('tail'),
  cursor: z.nullable(z.number()),
  next: z.nullable(reachSchema),
  open: z.string(),
});

/**
 * Finds where live runs of a tail continue. Live runs read in the order of the cursor, and start where a committed batch ended. So
 * a batch that goes beyond an earlier one proves that everything up to that one was read. Backfills and requeues are behind.
 *
 *     batch 7 ──────────> 10:05     complete
 *     batch 8 (backfill of October)
 *     batch 9             ────────> 10:10     cursor: 10:05. Whether batch 9 was committed is not known
 *
 * A batch with missing objects is not counted: its run died.
 */
export class TailFinder {
  readonly #source: TailSource;
  #cursor: number | null;
  #next: Reach | null;
  #open: OpenRecords;

  constructor(source: TailSource, { cursor, next, open }: Omit<z.infer<typeof tailStateSchema>, 'kind'>) {
    this.#source = source;
    this.#cursor = cursor;
    this.#next = next;
    this.#open = OpenRecords.parse(open);
  }

  add({ attempts }: Pick<BatchContent, 'attempts'>): void {
    for (const { records } of attempts) for (const each of records) this.#watch(each);
    const reaches = attempts.map((attempt) => ({ attempt, reach: this.#findReach(attempt) }));
    const highest = Math.max(...reaches.map(({ reach }) => reach?.high ?? Number.NEGATIVE_INFINITY));
    if (this.#next !== null && highest > this.#next.high)
      this.#cursor = Math.max(this.#cursor ?? Number.NEGATIVE_INFINITY, this.#next.settled);
    for (const { attempt, reach } of reaches)
      if (attempt.isComplete && reach !== undefined && reach.high > (this.#next?.high ?? Number.NEGATIVE_INFINITY))
        this.#next = reach;
  }

  store(): z.infer<typeof tailStateSchema> {
    const open = this.#open.serialise(OpenRecords.parse(''));
    return { kind: 'tail', cursor: this.#cursor, next: this.#next, open };
  }

  position(unreadable: readonly UnreadableRecord[]) {
    const cursor = this.#cursor === null ? null : isoTime(this.#cursor);
    return { position: restoreTailPosition(this.#cursor, this.#open, unreadable), cursor };
  }

  #watch({ record, isMarker, extractedAt }: LakeRecord): void {
    const { openUntil, cursor, eventTime } = this.#source;
    if (openUntil === undefined || isMarker) return;
    const time = parseEventTime(record[cursor]) ?? parseEventTime(record[eventTime]) ?? readTimestamp(extractedAt);
    if ((record[openUntil] ?? null) === null) this.#open.add(record.id, time);
    else this.#open.remove(record.id);
    if (this.#open.size > 2 * MAX_OPEN_RECORDS)
      this.#open = OpenRecords.parse(this.#open.serialise(OpenRecords.parse('')));
  }

  /** @returns undefined if no record has a time that orders it */
  #findReach({ records }: AttemptContent): Reach | undefined {
    const { cursor } = this.#source;
    let reach: Reach | undefined;
    for (const { record, isMarker, extractedAt } of records) {
      const time = isMarker ? null : parseEventTime(record[cursor]);
      const readAt = readTimestamp(extractedAt);
      if (time === null || time > readAt + MAX_AHEAD_OF_CLOCK || time <= (reach?.high ?? Number.NEGATIVE_INFINITY))
        continue;
      reach = { high: time, settled: Math.min(time, readAt - MAX_SETTLE) };
    }
    return reach;
  }
}
