import { isoTime, parseEventTime } from '../../../catalog/timestamp.ts';
import { isObject } from '../../common/json.ts';
import type { Source, SourceBatch, SourceEnd } from '../source.ts';
import type { OpenRecords } from './open-records.ts';
import type { TailOptions } from './tail-options.ts';
import { TailPosition } from './tail-position.ts';
import { TailRun } from './tail-run.ts';
import { walkTail } from './walk-tail.ts';

export interface TailRangeOptions extends TailOptions {
  /** Start of the range, milliseconds. */
  readonly from: number;
  /** End of the range, inclusive, milliseconds; live runs do not read before it. */
  readonly until: number;
  /** Cursor of the live runs, milliseconds; null before the first. */
  readonly liveCursor: number | null;
  /** Open records that live runs read again until they are closed: later changes appear nowhere else. */
  readonly watched: OpenRecords;
}

/** Reads the records of a range that ends before the records of live runs. Its only position is its cursor. */
export class TailRange implements Source {
  readonly #options: TailRangeOptions;

  constructor(options: TailRangeOptions) {
    this.#options = options;
  }

  /**
   * Milliseconds for which something may still appear in the range, or change in it without a later cursor time. Zero if live runs have
   * read on for long enough.
   */
  settlesIn(now: number): number {
    const { until, settle, lookBack, liveCursor } = this.#options;
    if (liveCursor !== null && until < liveCursor - lookBack) return 0;
    // if the range ends in the future, nothing has to be waited for after the same time
    return Math.max(0, Math.min(until, now) + settle + lookBack - now);
  }

  async *batches(): AsyncGenerator<SourceBatch, SourceEnd> {
    const { from, until, timeIsUp } = this.#options;
    const run = new TailRun({ ...this.#options, lookBack: 0, settle: 0 }, TailPosition.parse(undefined, false));
    try {
      for await (const page of walkTail(this.#options, { from, until })) {
        const watermark = page.watermark === null ? null : Math.min(page.watermark, until);
        const rows = page.rows.filter(({ value }) => this.#isOurs(value));
        run.takeNew({ ...page, rows, watermark }, { from, until });
        if (run.builder.isFull) yield run.close();
        if (!timeIsUp()) continue;
        if (!run.builder.isEmpty) yield run.close();
        return { more: true, completeTo: run.end().cursor };
      }
    } catch (error) {
      // records that were read earlier count
      if (!run.builder.isEmpty) yield run.close();
      throw error;
    }
    if (!run.builder.isEmpty) yield run.close();
    run.warnOfOpen();
    return { more: false, completeTo: isoTime(until + 1) };
  }

  #isOurs(row: unknown): boolean {
    if (!isObject(row)) return true;
    const { source, until, watched } = this.#options;
    // a platform may ignore the end of the range
    if ((parseEventTime(row[source.cursor]) ?? until) > until) return false;
    const { openUntil } = source;
    return openUntil === undefined || (row[openUntil] ?? null) !== null || !watched.has(row.id);
  }
}
