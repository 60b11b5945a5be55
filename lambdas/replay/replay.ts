import type { Channel } from '../../catalog/facts.ts';
import type { Endpoint } from '../../catalog/index.ts';
import type { AwsClients } from '../aws/aws-clients.ts';
import type { Environment } from '../aws/environment.ts';
import { replayName } from '../aws/state-keys.ts';
import type { Effects } from '../common/effects.ts';
import { ConfigurationError, IngestError, LeaseHeldError } from '../common/errors.ts';
import { Lake } from '../lake/lake.ts';
import { CheckpointStore } from '../ledger/checkpoint-store.ts';
import { Ledger } from '../ledger/ledger.ts';
import { MetricsTable } from '../metrics/metrics-table.ts';
import { MetricsWriter } from '../metrics/metrics-writer.ts';
import { METRICS_VERSION } from '../segments/metric-results.ts';
import type { ReplayReport } from './replay-counts.ts';
import type { ReplayOptions } from './replay-event.ts';
import { ReplayJournal } from './replay-journal.ts';
import { type ReplayContext, replayPart } from './replay-part.ts';
import { planReplay } from './replay-plan.ts';
import { chooseStart, type ReplayPosition } from './replay-position.ts';

/** A run stops before the next part if less time than this is left, milliseconds. */
const STOP_BEFORE = 120_000;

/** A day with more records than this is replayed in parts. */
const RECORDS_PER_PART = 20_000;

export interface ReplayRequest {
  /** An endpoint whose records are sessions. */
  readonly endpoint: Endpoint;
  readonly tenant: string;
  readonly options: ReplayOptions;
  /** Number of times it has been continued. */
  readonly continuation: number;
  /** Identifies the run: the Lambda request id. */
  readonly run: string;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
  readonly environment: Environment;
  readonly aws: AwsClients;
  readonly effects: Pick<Effects, 'now' | 'sleep' | 'breathe' | 'random'>;
  /** A day with more records than this is replayed in parts. @default 20,000 */
  readonly recordsPerPart?: number;
  /** Called after every part. */
  readonly onProgress?: (report: ReplayReport) => void;
}

/** What one invocation found and did; its report counts from the start of the replay on. */
export interface ReplaySummary {
  readonly tenant: string;
  readonly endpoint: string;
  /** `more`: time was up, call again; `lease_held`: another replay of this endpoint is running and this one did nothing. */
  readonly outcome: 'done' | 'more' | 'lease_held';
  readonly report: ReplayReport | null;
}

/**
 * Recomputes segment objects and metrics items from the raw objects that the ledger names, day by day and without any API
 * request. Ingestion may run meanwhile: an item is never replaced by an older version.
 *
 *     ledger   batch 1 ........................ batch 812     813   814          814
 *     replay   round 1: all days of 1 to 812 ........... round 2: of 813 to 814 | nothing new: done
 *
 * @throws ConfigurationError if the endpoint has no facts or the deployed rules have another version than expected
 */
export async function replay(request: ReplayRequest): Promise<ReplaySummary> {
  const { endpoint, options } = request;
  const { channel } = endpoint;
  if (channel === undefined)
    throw new ConfigurationError(`${endpoint.name} has no facts: there is nothing to compute again`);
  if (options.metricsVersion !== undefined && options.metricsVersion !== METRICS_VERSION)
    throw new ConfigurationError(
      `the deployed rules have version ${METRICS_VERSION}, not ${options.metricsVersion}: deploy the version you mean first`,
    );
  const run = new ReplayRun(request, channel);
  try {
    return await run.start();
  } catch (error) {
    if (error instanceof LeaseHeldError) return run.summary('lease_held', null);
    await run.fail(error).catch(() => undefined);
    throw error;
  }
}

class ReplayRun {
  readonly #request: ReplayRequest;
  readonly #channel: Channel;
  readonly #ledger: Ledger;
  #journal: ReplayJournal | undefined;

  constructor(request: ReplayRequest, channel: Channel) {
    this.#request = request;
    this.#channel = channel;
    this.#ledger = new Ledger(request.aws.dynamodb, request.environment.STATE_TABLE, request.tenant);
  }

  async start(): Promise<ReplaySummary> {
    const { aws, environment, tenant, endpoint, effects, run, continuation, options } = this.#request;
    const name = replayName(endpoint.name);
    const store = new CheckpointStore(aws.dynamodb, environment.STATE_TABLE, tenant, name, effects.now);
    const { now } = effects;
    const opened = await ReplayJournal.open({ store, ledger: this.#ledger, name, run, continuation, now });
    this.#journal = opened.journal;
    const context = this.#context(opened.journal);
    let position = chooseStart(options, opened.position);
    let more = false;
    while (!position.done && !more) ({ position, more } = await this.#round(context, opened.journal, position));
    const outcome = more ? 'more' : 'done';
    await opened.journal.close(outcome, position);
    return this.summary(outcome, position.report);
  }

  summary(outcome: ReplaySummary['outcome'], report: ReplayReport | null): ReplaySummary {
    const { tenant, endpoint } = this.#request;
    return { tenant, endpoint: endpoint.name, outcome, report };
  }

  /** Records the failure for `status` and releases the lease. */
  async fail(error: unknown): Promise<void> {
    const message = error instanceof IngestError ? error.message : 'unexpected error: see the log of this run';
    await this.#journal?.close('failed', undefined, message);
  }

  /** Replays what the ledger gained since the previous round; the last round finds nothing. */
  async #round(
    context: ReplayContext,
    journal: ReplayJournal,
    start: ReplayPosition,
  ): Promise<{ readonly position: ReplayPosition; readonly more: boolean }> {
    const { endpoint, options, timeLeft, onProgress, recordsPerPart = RECORDS_PER_PART } = this.#request;
    const { after } = start;
    const plan = await planReplay(this.#ledger, endpoint.name, options, after, start.until ?? undefined);
    const report = structuredClone(start.report);
    if (start.until === null) report.ofDays += plan.days.size;
    let position: ReplayPosition = { ...start, until: plan.until, report };
    for (const [dt, objects] of plan.days) {
      if (dt < position.day) continue;
      const records = objects.reduce((sum, object) => sum + object.records, 0);
      const parts = Math.ceil(records / recordsPerPart);
      for (let part = dt === position.day ? position.part : 0; part < parts; part++) {
        if (timeLeft() < STOP_BEFORE) return { position, more: true };
        const before = report.records;
        const written = await replayPart(context, { dt, objects, part, parts }, report);
        const isLast = part + 1 === parts;
        if (isLast) report.days += 1;
        position = { ...position, day: isLast ? behind(dt) : dt, part: isLast ? 0 : part + 1 };
        await journal.commit(position, dt, report.records - before, options.dryRun ? [] : written);
        onProgress?.(report);
      }
    }
    // a dry run makes one pass: it writes nothing, so a second pass would count the same changes again
    const done = plan.until === after || options.dryRun;
    return { position: { ...position, after: plan.until, until: null, day: '', part: 0, done }, more: false };
  }

  #context({ lease }: ReplayJournal): ReplayContext {
    const { tenant, aws, environment, effects, timeLeft, options } = this.#request;
    const { LAKE_BUCKET, METRICS_TABLE, METRICS_TTL_DAYS } = environment;
    const table = new MetricsTable(aws.dynamodb, METRICS_TABLE);
    const ttlDays = METRICS_TTL_DAYS === undefined ? undefined : Number(METRICS_TTL_DAYS);
    const keepAlive = () => lease.keep();
    return {
      tenant,
      channel: this.#channel,
      lake: new Lake(aws.s3, LAKE_BUCKET),
      table,
      writer: new MetricsWriter({ table, tenant, ttlDays, effects, timeLeft, keepAlive }),
      dryRun: options.dryRun,
      keepAlive,
      now: effects.now,
    };
  }
}

/** Sorts after a date and before the next date. */
const behind = (dt: string) => `${dt}~`;
