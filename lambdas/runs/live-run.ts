import type { Endpoint } from '../../catalog/index.ts';
import { isoTime, readTimestamp } from '../../catalog/timestamp.ts';
import { IngestError } from '../common/errors.ts';
import { DriftJournal } from '../drift/drift-journal.ts';
import { SchemaStore } from '../drift/schema-store.ts';
import type { LastRun } from '../ledger/checkpoint.ts';
import { Committer } from '../ledger/committer.ts';
import { Freshness } from '../ledger/freshness.ts';
import { Lease } from '../ledger/lease.ts';
import { countUnreadable } from '../ledger/unreadable-records.ts';
import type { CcaipClient } from '../platform/client.ts';
import { prepareBatch } from '../sources/prepare-batch.ts';
import type { SourceEnd } from '../sources/source.ts';
import { splitBatch } from '../sources/split-batch.ts';
import { checkState } from './check-state.ts';
import { createSource } from './create-source.ts';
import type { IngestRequest } from './ingest-request.ts';
import { createMetricsWriter, createRunParts } from './run-parts.ts';
import { type IngestSummary, Tally, Warnings } from './run-summary.ts';

/** Characters of an error in the checkpoint, an item of 400 kB. */
const MAX_ERROR_LENGTH = 2_000;

/** A run from the cursor on: it takes the lease, commits batches one after the other, and releases the lease. */
export class LiveRun {
  readonly #request: IngestRequest;
  readonly #endpoint: Endpoint;
  readonly #parts: ReturnType<typeof createRunParts>;
  readonly #tally = new Tally();
  readonly #warnings = new Warnings();
  #unreadable = 0;
  readonly #startedAt: number;
  #leased: { lease: Lease; committer: Committer; freshness: Freshness } | undefined;

  constructor(request: IngestRequest, endpoint: Endpoint) {
    this.#request = request;
    this.#endpoint = endpoint;
    this.#parts = createRunParts(request, endpoint);
    this.#startedAt = request.effects.now();
  }

  /** What the run asks the platform with. */
  get client(): CcaipClient {
    return this.#parts.client;
  }

  async start(): Promise<'done' | 'more'> {
    const { effects, environment, aws, tenant, run, again = false } = this.#request;
    const { client, lake, days, ledger, store, timeIsUp } = this.#parts;
    const lease = await Lease.acquire(store, run, effects.now);
    const { checkpoint } = lease;
    const { committer, freshness } = this.#lead(lease);
    await committer.recover(checkpoint);
    const { lastEntry, lastRun, position, afterFailure } = checkpoint;
    await checkState(checkpoint, lake, this.#endpoint, tenant.name);
    const times = [lastEntry?.extractedAt, lastRun?.answeredAt].filter((time) => time !== undefined);
    if (times.length > 0) client.clock.goOnFrom(Math.max(...times.map(readTimestamp)));
    const keepAlive = () => lease.keep();
    const source = createSource({
      endpoint: this.#endpoint,
      tenant,
      client,
      lake,
      ledger,
      keepAlive,
      timeIsUp,
      afterFailure: afterFailure || again,
      warn: this.#warnings.add,
    });
    const schemas = new SchemaStore(aws.dynamodb, environment.STATE_TABLE, tenant.name, this.#endpoint.name);
    const drift = new DriftJournal(schemas, this.#endpoint);
    const metrics = createMetricsWriter(this.#request, keepAlive);
    const context = { endpoint: this.#endpoint, tenant: tenant.name, run, lake, metrics, drift, days, effects };
    const stored: unknown = position === undefined ? undefined : JSON.parse(position);
    this.#unreadable = countUnreadable(stored);
    const batches = source.batches(stored);
    let step = await batches.next();
    read: for (; !step.done; step = await batches.next()) {
      for (const part of await splitBatch(step.value, days)) {
        const committed = await committer.commit(prepareBatch(context, part));
        if (committed === undefined) break read;
        await drift.remember(committed.seq);
        this.#tally.add(committed);
      }
      this.#unreadable = countUnreadable(step.value.position);
      freshness.committed(effects.now(), step.value.cursor);
    }
    const end: SourceEnd = step.done ? step.value : { more: true, completeTo: null };
    if (end.position !== undefined) this.#unreadable = countUnreadable(end.position);
    const outcome = end.more ? 'more' : 'done';
    if (outcome === 'done') freshness.caughtUp(this.#startedAt, end.cursor ?? null);
    await this.#release(outcome, end);
    return outcome;
  }

  /** Records the failure for `status` and releases the lease. */
  async fail(error: unknown): Promise<void> {
    const message = error instanceof IngestError ? error.message : 'unexpected error: see the log of this run';
    await this.#release('failed', undefined, message.slice(0, MAX_ERROR_LENGTH));
  }

  summary<Outcome extends IngestSummary['outcome'] | 'failed'>(outcome: Outcome) {
    const { records, batches, objects, quarantined, from, to } = this.#tally;
    const { requests, throttled } = this.#parts.client;
    const tenant = this.#request.tenant.name;
    const now = this.#request.effects.now();
    return {
      tenant,
      endpoint: this.#endpoint.name,
      outcome,
      records,
      batches,
      objects,
      requests,
      throttled,
      quarantined,
      unreadable: this.#unreadable,
      warnings: this.#warnings.list(),
      from,
      to,
      lagSeconds: this.#leased?.freshness.lagSeconds(now) ?? null,
      cursorAgeSeconds: this.#leased?.freshness.cursorAgeSeconds(now) ?? null,
    };
  }

  #lead(lease: Lease) {
    const { effects, run, scheduledTime } = this.#request;
    const { client, ledger } = this.#parts;
    const committer = new Committer({
      endpoint: this.#endpoint.name,
      ledger,
      hold: lease,
      run,
      scheduledTime,
      now: effects.now,
      requests: () => client.requests,
    });
    this.#leased = { lease, committer, freshness: new Freshness(lease.checkpoint) };
    return this.#leased;
  }

  async #release(outcome: LastRun['outcome'], end?: SourceEnd, error?: string): Promise<void> {
    const { disbelieved } = this.#parts.client.clock;
    if (disbelieved !== null) this.#warnings.add(describeClock(disbelieved));
    if (this.#leased === undefined) return;
    const { lease, committer, freshness } = this.#leased;
    const { caughtUpAt } = freshness;
    const { run, scheduledTime, continuation, effects } = this.#request;
    const { lastAnswer } = this.#parts.client.clock;
    await lease.release({
      appended: committer.appended,
      ...(end?.position !== undefined && { position: JSON.stringify(end.position), cursor: end.cursor ?? null }),
      lastRun: {
        run,
        scheduledTime,
        startedAt: isoTime(this.#startedAt),
        endedAt: isoTime(effects.now()),
        completeTo: end?.completeTo ?? null,
        ...(caughtUpAt !== null && { caughtUpAt: isoTime(caughtUpAt) }),
        outcome,
        ...(error !== undefined && { error }),
        ...(outcome === 'failed' && lastAnswer !== null && { answeredAt: isoTime(lastAnswer) }),
        continuation,
        ...(this.#warnings.list().length > 0 && { warnings: this.#warnings.list() }),
        records: this.#tally.records,
        requests: this.#parts.client.requests,
      },
    });
  }
}

function describeClock(ahead: number): string {
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  return `the platform's clock (Date header) was ${minutes} minutes ${ahead > 0 ? 'ahead of' : 'behind'} ours and was not used: if it is right, set the clock of this machine`;
}
