import type { Endpoint, TailSource } from '../catalog/index.ts';
import { type CcaipClient, pageParameters } from '../ccaip/client.ts';
import { isObject } from '../ccaip/json.ts';
import { openRanges } from './open-ranges.ts';
import type { RunContext, Source, SourceBatch, SourceEnd } from './source.ts';
import { TailPosition } from './tail-position.ts';
import { TailRun } from './tail-run.ts';
import { isoTime, parseTime } from './times.ts';
import { type WalkedPage, walk } from './walk.ts';

/** Pages of a burst per request in flight. */
const BURST_ROUNDS = 16;

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

/** A walk of a run; times in milliseconds. */
interface Range {
  readonly from: number;
  /** @default - to the newest record */
  readonly until: number | undefined;
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
    const ranges: Range[] = [{ from, until: undefined }, ...openRanges(open.times(), from)];
    for (const range of ranges) {
      let covered = range.from;
      for await (const page of this.#walk(range)) {
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

  #walk(range: Range): AsyncGenerator<WalkedPage> {
    const { client, source, keepAlive, ahead, settle, lookBack } = this.#options;
    return walk({
      ...range,
      path: source.path,
      burst: { ahead, longest: ahead * BURST_ROUNDS, settledUntil: () => client.clock.now() - settle - lookBack },
      cursorOf: (row) => (isObject(row) ? parseTime(row[source.cursor]) : null),
      fetch: async ({ from, until, page }) => {
        await keepAlive();
        return client.page(source.path, {
          [`${source.cursor}[from]`]: isoTime(from),
          ...(until !== undefined && { [`${source.cursor}[to]`]: isoTime(until) }),
          ...pageParameters(page, source.cursor),
        });
      },
    });
  }
}
