import type { Endpoint } from '../../catalog/index.ts';
import { isoTime, readTimestamp } from '../../catalog/timestamp.ts';
import type { TimeRange } from '../common/time-range.ts';
import { BackfillSlot } from '../ledger/backfill-slot.ts';
import { Committer } from '../ledger/committer.ts';
import { countUnreadable } from '../ledger/unreadable-records.ts';
import type { CcaipClient } from '../platform/client.ts';
import { announceWait } from '../platform/waits.ts';
import { prepareBatch } from '../sources/prepare-batch.ts';
import { splitBatch } from '../sources/split-batch.ts';
import { handOver } from '../sources/tail/tail-position.ts';
import type { TailRange } from '../sources/tail/tail-range.ts';
import { checkState } from './check-state.ts';
import { createRange } from './create-source.ts';
import type { IngestRequest } from './ingest-request.ts';
import { createMetricsWriter, createRunParts, STOP_BEFORE } from './run-parts.ts';
import { type IngestSummary, Tally, Warnings } from './run-summary.ts';

/**
 * Reads one range of a tail, again or for the first time, in parallel with live runs. It has no lease and no cursor, and uses the rate
 * that live runs leave. Live runs read from their cursor minus the look-back. A range ends there at the latest. So the two never read
 * the same records at the same time, and the last reading of a record is the one that views show.
 *
 *     ───[ from ······· range ······· to )───────┬────────────────┬──────────> cursor time
 *                                                cursor           cursor
 *                                                - look-back      (live runs)
 */
export class BackfillRun {
  readonly #request: IngestRequest;
  readonly #endpoint: Endpoint;
  readonly #range: TimeRange;
  readonly #parts: ReturnType<typeof createRunParts>;
  readonly #tally = new Tally();
  readonly #warnings = new Warnings();
  #unreadable = 0;
  #reached: number;

  constructor(request: IngestRequest, endpoint: Endpoint, range: TimeRange) {
    this.#request = request;
    this.#endpoint = endpoint;
    this.#range = range;
    this.#parts = createRunParts(request, endpoint, request.tenant.backfillShare);
    this.#reached = readTimestamp(range.from);
  }

  /** What the run asks the platform with. */
  get client(): CcaipClient {
    return this.#parts.client;
  }

  async start(): Promise<'done' | 'more'> {
    const { tenant } = this.#request;
    const { client, store, lake, timeIsUp } = this.#parts;
    const checkpoint = await store.read();
    await checkState(checkpoint, lake, this.#endpoint, tenant.name);
    const source = createRange({
      endpoint: this.#endpoint,
      tenant,
      client,
      range: this.#range,
      live: parsePosition(checkpoint?.position),
      timeIsUp,
      warn: this.#warnings.add,
    });
    if (source === undefined) return 'done';
    if (!(await this.#awaitSettled(source))) return 'more';
    const { committer, context } = this.#lead();
    const batches = source.batches();
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      const { position } = step.value;
      for (const part of await splitBatch(step.value, this.#parts.days)) {
        const committed = await committer.commit({
          ...prepareBatch(context, part),
          move: (found) => (part.isLast ? { position: continueFrom(found.position, position) } : {}),
        });
        if (committed === undefined) return 'more';
        this.#tally.add(committed);
      }
      this.#unreadable = countUnreadable(position);
      this.#reach(step.value.cursor);
    }
    this.#reach(step.value.completeTo);
    return step.value.more ? 'more' : 'done';
  }

  /** Nothing has to be released: a slot expires. */
  async fail(): Promise<void> {
    return undefined;
  }

  summary<Outcome extends IngestSummary['outcome'] | 'failed'>(outcome: Outcome) {
    const { records, batches, objects, quarantined, from, to } = this.#tally;
    const { requests, throttled } = this.#parts.client;
    const reached = isoTime(this.#reached);
    const odd = { unreadable: this.#unreadable, warnings: this.#warnings.list() };
    const counts = { records, batches, objects, requests, throttled, quarantined, ...odd };
    const { name: tenant } = this.#request.tenant;
    const endpoint = this.#endpoint.name;
    return { tenant, endpoint, outcome, ...counts, from, to, lagSeconds: null, cursorAgeSeconds: null, reached };
  }

  /**
   * Waits until a range has settled, because live runs do not read it again. Only a range that ends where a recent history starts has to
   * wait.
   * @returns false if the time is up before
   */
  async #awaitSettled(range: TailRange): Promise<boolean> {
    const { effects, timeLeft } = this.#request;
    const now = effects.now();
    const wait = range.settlesIn(now);
    if (wait === 0) return true;
    const possible = Math.max(0, Math.min(wait, timeLeft() - STOP_BEFORE));
    announceWait(now, now + possible, 'records at the end of the range may still appear or change');
    await effects.sleep(possible);
    return possible === wait;
  }

  #reach(time: string | null): void {
    if (time !== null) this.#reached = Math.max(this.#reached, readTimestamp(time));
  }

  #lead() {
    const { tenant, run, scheduledTime, effects } = this.#request;
    const { client, lake, days, ledger, store, timeIsUp } = this.#parts;
    const committer = new Committer({
      endpoint: this.#endpoint.name,
      ledger,
      hold: new BackfillSlot({ store, run, timeIsUp, effects }),
      run,
      scheduledTime,
      now: effects.now,
      requests: () => client.requests,
      range: this.#range,
    });
    // changes of the schema in old records are not news: they are neither compared nor stored
    const metrics = createMetricsWriter(this.#request, async () => undefined);
    const context = { endpoint: this.#endpoint, tenant: tenant.name, run, lake, metrics, days, effects };
    return { committer, context };
  }
}

const parsePosition = (text: string | undefined): unknown => (text === undefined ? undefined : JSON.parse(text));

/** The position of live runs with what a backfill found for them; undefined if it found nothing. */
function continueFrom(live: string | undefined, found: unknown): string | undefined {
  const position = handOver(parsePosition(live), found);
  return position === undefined ? undefined : JSON.stringify(position);
}
