import type { Endpoint, TailSource } from '../catalog/index.ts';
import type { CcaipClient } from '../ccaip/client.ts';
import { openRanges } from './open-ranges.ts';
import type { RunContext, Source, SourceBatch, SourceEnd } from './source.ts';
import { TailPosition } from './tail-position.ts';
import { TailRun } from './tail-run.ts';
import { isoTime } from './times.ts';
import { type TailWalk, walkTail } from './walk-tail.ts';

export interface TailOptions extends RunContext {
  readonly endpoint: Endpoint;
  readonly source: TailSource;
  readonly client: CcaipClient;
  /** Where to start without a cursor, milliseconds. */
  readonly historyStart: number;
  /** How far before the cursor every run reads again, milliseconds: records are committed out of order upstream. */
  readonly lookBack: number;
  /** The cursor never comes nearer to the platform's now than this, milliseconds. */
  readonly settle: number;
  /** Requests in flight at most while far behind. */
  readonly ahead: number;
}

/**
 * Takes records from the cursor on, and records that were open when last seen until they are closed.
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
    const { timeIsUp, historyStart, lookBack, afterFailure } = this.#options;
    const run = new TailRun(this.#options, TailPosition.parse(position, afterFailure));
    const { cursor, open } = run.position;
    const from = cursor === null ? historyStart : cursor - lookBack;
    const ranges: TailWalk[] = [{ from, until: undefined }, ...openRanges(open.times(), from)];
    for (const range of ranges) {
      let covered = range.from;
      for await (const page of walkTail(this.#options, range)) {
        if (range.until === undefined) run.takeNew(page);
        else run.takeClosed(page);
        if (page.frontier !== null) {
          open.removeBetween(covered, page.frontier);
          covered = page.frontier;
        }
        if (run.builder.isFull) yield run.close();
        if (!timeIsUp()) continue;
        if (!run.builder.isEmpty) yield run.close();
        return { more: true, completeTo: null, ...run.end() };
      }
      open.removeBetween(covered, (range.until ?? Number.POSITIVE_INFINITY) + 1);
    }
    if (!run.builder.isEmpty) yield run.close();
    return { more: false, completeTo: run.startedAt === undefined ? null : isoTime(run.startedAt), ...run.end() };
  }
}
