import pMap, { pMapIterable } from 'p-map';
import type { Endpoint } from '../../catalog/index.ts';
import { isoTime } from '../../catalog/timestamp.ts';
import type { AwsClients } from '../aws/aws-clients.ts';
import type { Environment } from '../aws/environment.ts';
import { rebuildName } from '../aws/state-keys.ts';
import type { Effects } from '../common/effects.ts';
import { ConfigurationError, IngestError, LeaseHeldError } from '../common/errors.ts';
import { DayIndex } from '../days/day-index.ts';
import { DriftJournal } from '../drift/drift-journal.ts';
import { SchemaStore } from '../drift/schema-store.ts';
import { Lake } from '../lake/lake.ts';
import { listLakeFolders, parseObjectKey } from '../lake/lake-folders.ts';
import type { LastRun } from '../ledger/checkpoint.ts';
import { CheckpointStore } from '../ledger/checkpoint-store.ts';
import { Ledger } from '../ledger/ledger.ts';
import { ReplayJournal } from '../replay/replay-journal.ts';
import { type BatchContent, readBatch } from './batch-content.ts';
import { describeBatch, describeMissing } from './describe-batch.ts';
import { findNextBatches } from './next-batches.ts';
import { PositionFinder } from './position-finder.ts';
import {
  parseRebuildPosition,
  type RebuildPosition,
  type RebuildReport,
  type RebuildSummary,
  startRebuild,
} from './rebuild-position.ts';

/** A run stops before the next batch if less time than this is left, milliseconds. */
const STOP_BEFORE = 120_000;

/** Objects whose keys are kept in memory; twice as many while they are listed. */
const MAX_OBJECTS = 100_000;

/** Progress is stored after this number of batches. */
const BATCHES_PER_PART = 500;

/** Batches that are read ahead, and entries of missing batches that are written at once. */
const CONCURRENT_BATCHES = 4;
const CONCURRENT_ENTRIES = 16;

export interface RebuildRequest {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  /** Writes nothing and only counts the objects in the lake. */
  readonly dryRun: boolean;
  /** Replaces ledger and checkpoint if the state table has them. */
  readonly force: boolean;
  /** Number of times it has been continued. */
  readonly continuation: number;
  /** Identifies the run: the Lambda request id. */
  readonly run: string;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
  readonly environment: Pick<Environment, 'LAKE_BUCKET' | 'STATE_TABLE'>;
  readonly aws: AwsClients;
  readonly effects: Pick<Effects, 'now' | 'breathe'>;
  /** @default 100,000 */
  readonly maxObjects?: number;
  /** Called after every part. */
  readonly onProgress?: (report: RebuildReport) => void;
}

/**
 * Writes the state of an endpoint again from the objects in the lake: ledger, checkpoint, day index and inferred schema. Every object
 * of a batch number is counted as part of that batch, whether it was committed or not. Until the end, live runs and backfills of
 * the endpoint wait.
 *
 *     keys of the lake ── batch 1 ── batch 2 ── ... ── batch n ── checkpoint: live runs continue
 *                          entry, days, schema
 *
 * Metrics items follow from a replay.
 *
 * @throws ConfigurationError if the state table has a ledger of the endpoint and `force` is not set
 */
export async function rebuild(request: RebuildRequest): Promise<RebuildSummary> {
  const run = new RebuildRun(request);
  if (request.dryRun) return run.count();
  try {
    return await run.start();
  } catch (error) {
    if (error instanceof LeaseHeldError) return run.summary('lease_held', null);
    await run.fail(error).catch(() => undefined);
    throw error;
  }
}

class RebuildRun {
  readonly #request: RebuildRequest;
  readonly #lake: Lake;
  readonly #ledger: Ledger;
  readonly #store: CheckpointStore;
  readonly #days: DayIndex | undefined;
  readonly #drift: DriftJournal;
  readonly #startedAt: number;
  #journal: ReplayJournal | undefined;
  #committedRecords = 0;

  constructor(request: RebuildRequest) {
    const { tenant, endpoint, environment, aws, effects } = request;
    const { dynamodb } = aws;
    const table = environment.STATE_TABLE;
    this.#request = request;
    this.#lake = new Lake(aws.s3, environment.LAKE_BUCKET);
    this.#ledger = new Ledger(dynamodb, table, tenant);
    this.#store = new CheckpointStore(dynamodb, table, tenant, endpoint.name, effects.now);
    this.#days = DayIndex.create(dynamodb, table, tenant, endpoint);
    this.#drift = new DriftJournal(new SchemaStore(dynamodb, table, tenant, endpoint.name), endpoint);
    this.#startedAt = effects.now();
  }

  async start(): Promise<RebuildSummary> {
    const { aws, environment, tenant, endpoint, effects, run, continuation } = this.#request;
    const name = rebuildName(endpoint.name);
    const { now } = effects;
    const store = new CheckpointStore(aws.dynamodb, environment.STATE_TABLE, tenant, name, now);
    const opened = await ReplayJournal.open({ store, ledger: this.#ledger, name, run, continuation, now });
    this.#journal = opened.journal;
    let position = await this.#chooseStart(opened.position);
    this.#committedRecords = position.report.records ?? 0;
    let more = false;
    while (!position.done && !more) ({ position, more } = await this.#round(opened.journal, position));
    const outcome = more ? 'more' : 'done';
    await opened.journal.close(outcome, position);
    return this.summary(outcome, position.report);
  }

  /** Counts what is in the lake by the keys of the objects. */
  async count(): Promise<RebuildSummary> {
    const { endpoint, tenant } = this.#request;
    const { report } = startRebuild(await this.#countKnown());
    for (const folder of listLakeFolders(endpoint, tenant))
      for await (const { key, bytes } of this.#lake.list(folder.path)) {
        const place = parseObjectKey(folder, key);
        if (place === undefined) continue;
        report.batches = Math.max(report.batches, place.seq);
        report.objects += 1;
        report.bytes += bytes;
      }
    return this.summary('done', { ...report, missing: null, records: null, quarantined: null });
  }

  summary(outcome: RebuildSummary['outcome'], report: RebuildReport | null): RebuildSummary {
    const { tenant, endpoint } = this.#request;
    return { tenant, endpoint: endpoint.name, outcome, report };
  }

  /** Records the failure for `status` and releases the lease. */
  async fail(error: unknown): Promise<void> {
    const message = error instanceof IngestError ? error.message : 'unexpected error: see the log of this run';
    await this.#journal?.close('failed', undefined, message);
  }

  /** Batches in the state table; 0 if a rebuild of them has not ended. */
  async #countKnown(): Promise<number> {
    const checkpoint = await this.#store.read();
    return checkpoint === undefined || checkpoint.rebuilding ? 0 : checkpoint.seq;
  }

  async #chooseStart(stored: string | undefined): Promise<RebuildPosition> {
    const position = stored === undefined ? undefined : parseRebuildPosition(stored);
    const checkpoint = await this.#store.read();
    if (position !== undefined && !position.done && checkpoint?.rebuilding === true) return position;
    const known = await this.#countKnown();
    const { tenant, endpoint, force } = this.#request;
    if (known > 0 && !force)
      throw new ConfigurationError(
        `the state table has ${known} batches of ${tenant} ${endpoint.name}: a rebuild would replace them; to do that, use --force`,
      );
    return startRebuild(known);
  }

  /** Restores the next batches. */
  async #round(journal: ReplayJournal, start: RebuildPosition): Promise<{ position: RebuildPosition; more: boolean }> {
    const { endpoint, tenant, timeLeft, maxObjects = MAX_OBJECTS, onProgress, effects } = this.#request;
    const keepAlive = () => journal.lease.keep();
    const folders = listLakeFolders(endpoint, tenant);
    const { batches, isLast } = await findNextBatches(this.#lake, folders, start.after, maxObjects, keepAlive);
    let position = start;
    if (batches.size === 0 && start.last === undefined) return { position: { ...start, done: true }, more: false };
    await this.#store.close();
    const finder = PositionFinder.create(endpoint, start.finder);
    let isStored = true;
    const store = async () => {
      position = { ...position, finder: finder.store() };
      const { records } = position.report;
      await journal.commit(position, `batch ${position.after}`, (records ?? 0) - this.#committedRecords, []);
      this.#committedRecords = records ?? 0;
      isStored = true;
      onProgress?.(position.report);
    };
    const read = ([seq, objects]: [number, Parameters<typeof readBatch>[2]]) => readBatch(this.#lake, seq, objects);
    for await (const content of pMapIterable(batches, read, { concurrency: CONCURRENT_BATCHES })) {
      await keepAlive();
      await effects.breathe();
      position = await this.#restore(position, content, keepAlive);
      finder.add(content);
      isStored = false;
      const isTimeUp = timeLeft() < STOP_BEFORE;
      if (isTimeUp || content.seq % BATCHES_PER_PART === 0) await store();
      if (isTimeUp) return { position, more: true };
    }
    if (!isStored) await store();
    if (!isLast) return { position, more: false };
    return { position: await this.#finish(position, finder), more: false };
  }

  /** Restores a batch, after those before it of which nothing is left. */
  async #restore(
    position: RebuildPosition,
    content: BatchContent,
    keepAlive: () => Promise<void>,
  ): Promise<RebuildPosition> {
    const { endpoint } = this.#request;
    const { after, last, report } = position;
    const { seq, attempts, objects, leftOut } = content;
    const entry = describeBatch(endpoint, content, last);
    const missing = Array.from({ length: seq - after - 1 }, (_, index) => after + 1 + index);
    await pMap(
      missing,
      async (number) => {
        await keepAlive();
        await this.#ledger.restore(endpoint.name, describeMissing(number, last, entry));
      },
      { concurrency: CONCURRENT_ENTRIES },
    );
    const records = attempts.flatMap((attempt) => attempt.records).filter(({ isMarker }) => !isMarker);
    // in the order of ingestion: what is in the ledger is in the day index
    await this.#days?.add(records, String(seq));
    await this.#drift.look(records);
    await this.#drift.remember(seq);
    await this.#ledger.restore(endpoint.name, entry);
    return {
      ...position,
      after: seq,
      last: { extractedAt: entry.extractedAt, committedAt: entry.committedAt },
      report: {
        ...report,
        batches: seq,
        missing: (report.missing ?? 0) + missing.length,
        objects: report.objects + objects.length,
        bytes: objects.reduce((sum, { bytes }) => sum + bytes, report.bytes),
        records: (report.records ?? 0) + entry.records,
        quarantined: (report.quarantined ?? 0) + entry.quarantined,
        leftOut: report.leftOut + leftOut,
      },
    };
  }

  /** Opens the checkpoint again. */
  async #finish(position: RebuildPosition, finder: PositionFinder): Promise<RebuildPosition> {
    const { after, report } = position;
    const [lastEntry] = await Array.fromAsync(this.#ledger.entriesAfter(this.#request.endpoint.name, after - 1));
    if (lastEntry === undefined) return { ...position, done: true };
    const found = finder.position();
    await this.#store.restore({
      lastEntry,
      ...found,
      records: report.records ?? 0,
      quarantined: report.quarantined ?? 0,
      lastRun: this.#describeRun(lastEntry.extractedAt, report),
    });
    return { ...position, report: { ...report, cursor: found.cursor }, done: true };
  }

  #describeRun(answeredAt: string, { records }: RebuildReport): LastRun {
    const { run, continuation, effects } = this.#request;
    return {
      run,
      scheduledTime: isoTime(this.#startedAt),
      startedAt: isoTime(this.#startedAt),
      endedAt: isoTime(effects.now()),
      completeTo: null,
      // live runs continue
      outcome: 'more',
      answeredAt,
      continuation,
      records: records ?? 0,
      requests: 0,
    };
  }
}
