import type { Endpoint } from '../../catalog/index.ts';
import type { TimeRange } from '../common/time-range.ts';
import { isoTime } from '../sources/times.ts';
import { BatchLog } from './batch-log.ts';
import { createRange } from './create-source.ts';
import type { IngestRequest } from './ingest-request.ts';
import { RangeCommitter } from './range-committer.ts';
import { metricsWriter, runParts } from './run-parts.ts';
import { type IngestSummary, Tally } from './run-summary.ts';

/**
 * Reads one range of a tail again, or for the first time, beside the live runs: no lease, no cursor, and of the rate what live work
 * leaves. Live runs read from a look-back before their cursor on; a range ends there at the latest, so that the two never read
 * the same records at the same time and the last to read a record is the one to show it.
 *
 *     ───[ from ······· range ······· to )───────┬────────────────┬──────────> cursor time
 *                                                cursor           cursor
 *                                                - look-back      (live runs)
 */
export class RangeRun {
  readonly #request: IngestRequest;
  readonly #endpoint: Endpoint;
  readonly #range: TimeRange;
  readonly #parts: ReturnType<typeof runParts>;
  readonly #tally = new Tally();
  #reached: number;

  constructor(request: IngestRequest, endpoint: Endpoint, range: TimeRange) {
    this.#request = request;
    this.#endpoint = endpoint;
    this.#range = range;
    this.#parts = runParts(request, endpoint, request.tenant.backfillShare);
    this.#reached = Date.parse(range.from);
  }

  async start(): Promise<'done' | 'more'> {
    const { tenant } = this.#request;
    const { client, store, timeIsUp } = this.#parts;
    const head = await store.read();
    const source = createRange({
      endpoint: this.#endpoint,
      tenant,
      client,
      range: this.#range,
      live: head?.position === undefined ? undefined : JSON.parse(head.position),
      timeIsUp,
    });
    if (source === undefined) return 'done';
    const committer = this.#committer();
    const batches = source.batches();
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      const committed = await committer.commit(step.value);
      if (committed === undefined) return 'more';
      this.#tally.add(committed);
      this.#reach(step.value.cursor);
    }
    this.#reach(step.value.completeTo);
    return step.value.more ? 'more' : 'done';
  }

  /** Nothing is held that would have to be given back: a turn ends by itself. */
  async fail(): Promise<void> {
    return undefined;
  }

  summary<Outcome extends IngestSummary['outcome'] | 'failed'>(outcome: Outcome) {
    const { records, batches, objects, quarantined, from, to } = this.#tally;
    const { requests, throttled } = this.#parts.client;
    const reached = isoTime(this.#reached);
    const counts = { records, batches, objects, requests, throttled, quarantined };
    const { name: tenant } = this.#request.tenant;
    const endpoint = this.#endpoint.name;
    return { tenant, endpoint, outcome, ...counts, from, to, lagSeconds: null, cursorAgeSeconds: null, reached };
  }

  #reach(time: string | null): void {
    if (time !== null) this.#reached = Math.max(this.#reached, Date.parse(time));
  }

  #committer(): RangeCommitter {
    const { tenant, run, scheduledTime, effects } = this.#request;
    const { client, lake, ledger, store, timeIsUp } = this.#parts;
    return new RangeCommitter({
      endpoint: this.#endpoint,
      tenant: tenant.name,
      run,
      lake,
      metrics: metricsWriter(this.#request, async () => undefined),
      ledger,
      store,
      log: new BatchLog({
        run,
        scheduledTime,
        now: effects.now,
        requests: () => client.requests,
        range: this.#range,
      }),
      timeIsUp,
      effects,
    });
  }
}
