import { isoTime, parseEventTime, readTimestamp } from '../../../catalog/timestamp.ts';
import { ContractError, UnreadableError } from '../../common/errors.ts';
import { isObject, type ParsedJson } from '../../common/json.ts';
import type { Source, SourceBatch, SourceEnd } from '../source.ts';
import { openRanges } from './open-ranges.ts';
import type { TailOptions } from './tail-options.ts';
import { TailPosition } from './tail-position.ts';
import { TailRun } from './tail-run.ts';
import { type TailWalk, walkTail } from './walk-tail.ts';

/** Interval at which all open records are read again, milliseconds. In between, closed records are requested by the time of their end. */
const SWEEP = 6 * 3_600_000;

/** Maximum number of unreadable records that one run retries. */
const MAX_RETRIES = 5;

/** How the walk over closed records ended. `refused`: the platform does not filter by the time at which they were closed. */
type ClosedWalk = 'read' | 'timeIsUp' | 'refused';

/**
 * Reads records from the cursor on. Reads records that were open when last read, until they are closed.
 *
 *     ──o────o─o──────────┬───────────────┬──────────────────────────┬───────────┬──> cursor time
 *       open records      cursor          │ new records              now-settle  now
 *                         - look-back     cursor                     new cursor
 */
export class Tail implements Source {
  readonly #options: TailOptions;

  constructor(options: TailOptions) {
    this.#options = options;
  }

  async *batches(position: unknown): AsyncGenerator<SourceBatch, SourceEnd> {
    const { historyStart, lookBack, afterFailure } = this.#options;
    const run = new TailRun(this.#options, TailPosition.parse(position, afterFailure, historyStart));
    const { cursor, start } = run.position;
    const from = Math.max(start, cursor === null ? historyStart : cursor - lookBack);
    let isTimeUp: boolean;
    try {
      isTimeUp =
        (yield* this.#read(run, { from, until: undefined })) ||
        (yield* this.#retryUnreadable(run, from)) ||
        (yield* this.#readClosed(run, from));
    } catch (error) {
      // records that were read earlier count
      if (!run.builder.isEmpty) yield run.close();
      throw error;
    }
    if (!run.builder.isEmpty) yield run.close();
    run.warnOfOpen();
    if (isTimeUp) return { more: true, completeTo: null, ...run.end() };
    return { more: false, completeTo: run.startedAt === undefined ? null : isoTime(run.startedAt), ...run.end() };
  }

  /** Reads a range: new records or, if it has an end, open ones. @returns true if the time was up before */
  async *#read(run: TailRun, range: TailWalk): AsyncGenerator<SourceBatch, boolean> {
    const { open, unreadable } = run.position;
    let covered = range.from;
    const expectsUnreadable = (from: number) => unreadable.isExpected(from);
    for await (const page of walkTail(this.#options, { ...range, expectsUnreadable })) {
      if (range.until === undefined) run.takeNew(page, range);
      else run.takeClosed(page, range);
      if (page.watermark !== null) {
        open.removeBetween(covered, page.watermark);
        covered = page.watermark;
      }
      if (run.builder.isFull) yield run.close();
      if (this.#options.timeIsUp()) return true;
    }
    open.removeBetween(covered, (range.until ?? Number.POSITIVE_INFINITY) + 1);
    return false;
  }

  /** Retries records that the platform could not deliver. @returns true if the time was up before */
  async *#retryUnreadable(run: TailRun, before: number): AsyncGenerator<SourceBatch, boolean> {
    const { unreadable } = run.position;
    run.forgetUnreadableFrom(before);
    for (const record of unreadable.due(run.startedAt ?? 0).slice(0, MAX_RETRIES)) {
      const range = { from: readTimestamp(record.from), until: readTimestamp(record.until) };
      let isRead = true;
      try {
        for await (const page of walkTail(this.#options, { ...range, expectsUnreadable: () => true })) {
          // a platform may ignore the end of the range
          run.takeNew({ ...page, rows: page.rows.filter((row) => this.#isUntil(row, range.until)) }, range);
          if (page.unreadable.length > 0) isRead = false;
          if (run.builder.isFull) yield run.close();
          if (this.#options.timeIsUp()) return true;
        }
      } catch (error) {
        // what is new was read: a retry that takes too many requests is left to a later run
        if (!(error instanceof UnreadableError)) throw error;
        run.postpone(record, error.message);
        continue;
      }
      if (isRead) run.forgetUnreadable(record);
    }
    return false;
  }

  /** Reads records that were open and are closed now. @returns true if the time was up before */
  async *#readClosed(run: TailRun, before: number): AsyncGenerator<SourceBatch, boolean> {
    const { openUntil } = this.#options.source;
    const { open, closedTo, sweptAt } = run.position;
    const { startedAt } = run;
    if (openUntil === undefined || startedAt === undefined) return false;
    let mustSweep = closedTo === null || sweptAt === null || startedAt - sweptAt >= SWEEP || open.isEmpty;
    if (!mustSweep && closedTo !== null) {
      const end = yield* this.#askForClosed(run, openUntil, closedTo - this.#options.lookBack);
      if (end === 'timeIsUp') return true;
      mustSweep = end === 'refused';
    }
    if (mustSweep)
      for (const range of openRanges(open.times(), before)) if (yield* this.#tryRead(run, range)) return true;
    run.position.takenClosed(startedAt, mustSweep);
    return false;
  }

  /** Reads a range of open records. If the platform fails to deliver it, they stay open until the next sweep. */
  async *#tryRead(run: TailRun, range: TailWalk): AsyncGenerator<SourceBatch, boolean> {
    try {
      return yield* this.#read(run, range);
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      const { endpoint, warn } = this.#options;
      warn(`${endpoint.name}: open records from ${isoTime(range.from)} could not be read again: ${error.message}`);
      return false;
    }
  }

  #isUntil({ value }: ParsedJson, until: number): boolean {
    const cursor = isObject(value) ? parseEventTime(value[this.#options.source.cursor]) : null;
    return cursor === null || cursor <= until;
  }

  async *#askForClosed(run: TailRun, by: string, from: number): AsyncGenerator<SourceBatch, ClosedWalk> {
    const isClosed = ({ value }: ParsedJson) =>
      isObject(value) && (parseEventTime(value[by]) ?? Number.NEGATIVE_INFINITY) >= from;
    try {
      for await (const page of walkTail(this.#options, { from, until: undefined, by })) {
        // an unreadable record has no cursor time here: reading all open records gives it one
        if (page.unreadable.length > 0 || !page.rows.every(isClosed)) return 'refused';
        run.takeClosed(page, { from });
        if (run.builder.isFull) yield run.close();
        if (this.#options.timeIsUp()) return 'timeIsUp';
      }
      return 'read';
    } catch (error) {
      if (error instanceof ContractError || error instanceof UnreadableError) return 'refused';
      throw error;
    }
  }
}
