import { type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { ConfigurationError, CredentialError, IngestError, LeaseHeldError } from '../common/errors.ts';
import { DriftJournal } from '../drift/drift-journal.ts';
import { ShapeStore } from '../drift/schema-store.ts';
import type { Head, LastRun } from '../ledger/checkpoint.ts';
import { Freshness } from '../ledger/freshness.ts';
import { Lease } from '../ledger/lease.ts';
import type { SourceEnd } from '../sources/source.ts';
import { isoTime } from '../sources/times.ts';
import { BatchLog } from './batch-log.ts';
import { Committer } from './committer.ts';
import { createSource } from './create-source.ts';
import type { IngestRequest } from './ingest-request.ts';
import { RangeRun } from './range-run.ts';
import { metricsWriter, runParts } from './run-parts.ts';
import { type IngestSummary, Tally } from './run-summary.ts';

/**
 * One run of one tenant's endpoint: lease, then batch after batch until everything is read or time is up; or a range of it beside
 * the live runs.
 * @throws ConfigurationError | TransientError | RateLimitedError | ContractError; batches committed before stay committed
 */
export async function ingest(request: IngestRequest): Promise<IngestSummary> {
  const endpoint = findEndpoint(request.endpoint);
  if (endpoint === undefined) throw new ConfigurationError(`there is no endpoint "${request.endpoint}"`);
  const { range } = request;
  const run = range === undefined ? new IngestRun(request, endpoint) : new RangeRun(request, endpoint, range);
  try {
    const summary = run.summary(await run.start());
    await request.onEnd?.(summary);
    return summary;
  } catch (error) {
    if (error instanceof LeaseHeldError) return run.summary('lease_held');
    if (error instanceof CredentialError) request.credentials?.forget(request.tenant.secretId);
    // the reason of the failure matters more than that of a failing release: the lease then ends by itself
    await run.fail(error).catch(() => undefined);
    const reason = error instanceof IngestError ? error.reason : 'unexpected';
    await request.onEnd?.({ ...run.summary('failed'), reason });
    throw error;
  }
}

class IngestRun {
  readonly #request: IngestRequest;
  readonly #endpoint: Endpoint;
  readonly #parts: ReturnType<typeof runParts>;
  readonly #tally = new Tally();
  readonly #startedAt: number;
  #leased: { lease: Lease; committer: Committer; freshness: Freshness } | undefined;

  constructor(request: IngestRequest, endpoint: Endpoint) {
    this.#request = request;
    this.#endpoint = endpoint;
    this.#parts = runParts(request, endpoint);
    this.#startedAt = request.effects.now();
  }

  async start(): Promise<'done' | 'more'> {
    const { client, lake, ledger, store, timeIsUp } = this.#parts;
    const head = await store.acquire(this.#request.run);
    const { lease, committer, freshness } = this.#lead(head);
    await committer.recover(head);
    const { lastBatch, lastRun } = head;
    const times = [lastBatch?.extractedAt, lastRun?.answeredAt].filter((time) => time !== undefined);
    if (times.length > 0) client.clock.goOnFrom(Math.max(...times.map((time) => Date.parse(time))));
    const source = createSource({
      endpoint: this.#endpoint,
      tenant: this.#request.tenant,
      client,
      lake,
      ledger,
      keepAlive: () => lease.keep(),
      timeIsUp,
      afterFailure: head.afterFailure,
    });
    const batches = source.batches(head.position === undefined ? undefined : JSON.parse(head.position));
    let step = await batches.next();
    for (; !step.done; step = await batches.next()) {
      this.#tally.add(await committer.commit(step.value));
      freshness.committed(this.#request.effects.now(), step.value.cursor);
    }
    const outcome = step.value.more ? 'more' : 'done';
    if (outcome === 'done') freshness.caughtUp(this.#startedAt, step.value.cursor ?? null);
    await this.#release(outcome, step.value);
    return outcome;
  }

  /** Notes the failure for `status` and gives the lease back. */
  async fail(error: unknown): Promise<void> {
    const message = error instanceof IngestError ? error.message : 'unexpected error: see the log of this run';
    await this.#release('failed', undefined, message);
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
      from,
      to,
      lagSeconds: this.#leased?.freshness.lagSeconds(now) ?? null,
      cursorAgeSeconds: this.#leased?.freshness.cursorAgeSeconds(now) ?? null,
    };
  }

  #lead(head: Head) {
    const { effects, environment, aws, tenant, run, scheduledTime } = this.#request;
    const { client, lake, ledger, store } = this.#parts;
    const lease = new Lease(store, head, effects.now);
    const committer = new Committer(
      {
        endpoint: this.#endpoint,
        tenant: tenant.name,
        run,
        lake,
        metrics: metricsWriter(this.#request, () => lease.keep()),
        ledger,
        store,
        lease,
        drift: new DriftJournal(
          new ShapeStore(aws.dynamodb, environment.STATE_TABLE, tenant.name, this.#endpoint.name),
          this.#endpoint,
        ),
        log: new BatchLog({ run, scheduledTime, now: effects.now, requests: () => client.requests }),
        effects,
      },
      head,
    );
    this.#leased = { lease, committer, freshness: new Freshness(head) };
    return this.#leased;
  }

  async #release(outcome: LastRun['outcome'], end?: SourceEnd, error?: string): Promise<void> {
    if (this.#leased === undefined) return;
    const { lease, committer, freshness } = this.#leased;
    const { caughtUpAt } = freshness;
    const { run, scheduledTime, continuation, effects } = this.#request;
    const { lastAnswer } = this.#parts.client.clock;
    await this.#parts.store.release(lease.fence, {
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
        records: this.#tally.records,
        requests: this.#parts.client.requests,
      },
    });
  }
}
