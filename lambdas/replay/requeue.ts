import type { Endpoint } from '../../catalog/index.ts';
import { isoTime } from '../../catalog/timestamp.ts';
import { LeaseHeldError } from '../common/errors.ts';
import { DayIndex } from '../days/day-index.ts';
import { DriftJournal } from '../drift/drift-journal.ts';
import { SchemaStore } from '../drift/schema-store.ts';
import { Lake } from '../lake/lake.ts';
import type { LakeBatch, Requeued, Taken } from '../lake/lake-records.ts';
import { writeBatch } from '../lake/write-batch.ts';
import type { Checkpoint, LastRun } from '../ledger/checkpoint.ts';
import { CheckpointStore } from '../ledger/checkpoint-store.ts';
import { Committer } from '../ledger/committer.ts';
import { Lease } from '../ledger/lease.ts';
import { Ledger } from '../ledger/ledger.ts';
import { MetricsTable } from '../metrics/metrics-table.ts';
import { MetricsWriter } from '../metrics/metrics-writer.ts';
import { BATCH_CHARACTERS, BATCH_RECORDS } from '../sources/source.ts';
import { MAX_DAYS_OF_BATCH, splitBatch } from '../sources/split-batch.ts';
import { OpenEntries } from './open-entries.ts';
import type { ReplayRequest } from './replay.ts';
import { requeueEntry } from './requeue-entry.ts';
import type { RequeueSummary } from './requeue-summary.ts';

/** Average time between two attempts to acquire the lease, milliseconds. */
const PAUSE = 2_000;

/** A run stops before the next batch if less time than this is left, milliseconds. */
const STOP_BEFORE = 60_000;

export interface RequeueRequest extends Omit<ReplayRequest, 'options' | 'recordsPerPart' | 'onProgress'> {
  /** Writes nothing and only counts. */
  readonly dryRun: boolean;
}

/**
 * Requeues the quarantined records of an endpoint that fit its schema now. They are written to raw, segments and metrics by the
 * same commit as in ingestion, under its lease. The same batch marks them as requeued in the quarantine, so that no record is
 * requeued twice. They keep the time at which they were read, so that they never replace a newer version.
 */
export async function requeue(request: RequeueRequest): Promise<RequeueSummary> {
  const { endpoint, tenant, aws, environment, effects, dryRun } = request;
  const ledger = new Ledger(aws.dynamodb, environment.STATE_TABLE, tenant);
  const entries = new OpenEntries(ledger, new Lake(aws.s3, environment.LAKE_BUCKET), endpoint.name);
  const found = new Found(endpoint, effects.now);
  const summary = (outcome: RequeueSummary['outcome']): RequeueSummary => ({
    tenant,
    endpoint: endpoint.name,
    outcome,
    taken: found.count,
    left: found.left,
    gone: entries.gone,
  });
  if (dryRun) {
    for await (const entry of entries) found.look(entry);
    return summary('done');
  }
  const store = new CheckpointStore(aws.dynamodb, environment.STATE_TABLE, tenant, endpoint.name, effects.now);
  const lease = await acquire(request, store);
  if (lease === undefined) return summary('lease_held');
  const { checkpoint } = lease;
  const { committer, commit } = committing(request, ledger, lease);
  try {
    await committer.recover(checkpoint);
    let more = false;
    for await (const entry of entries) {
      await lease.keep();
      found.look(entry);
      if (!found.isFull) continue;
      await commit(found.close(checkpoint));
      more = request.timeLeft() < STOP_BEFORE;
      if (more) break;
    }
    if (!found.isEmpty) await commit(found.close(checkpoint));
    return summary(more ? 'more' : 'done');
  } finally {
    await lease.release({ appended: committer.appended, lastRun: lastRunOf(request, checkpoint) });
  }
}

/** Acquires the lease; undefined if ingestion holds it until the time is up. */
async function acquire({ run, timeLeft, effects }: RequeueRequest, store: CheckpointStore): Promise<Lease | undefined> {
  for (;;) {
    try {
      return await Lease.acquire(store, run, effects.now);
    } catch (error) {
      if (!(error instanceof LeaseHeldError)) throw error;
    }
    if (timeLeft() < STOP_BEFORE) return undefined;
    await effects.sleep(PAUSE * (0.5 + effects.random()));
  }
}

function committing(
  { endpoint, tenant, run, aws, environment, effects, timeLeft }: RequeueRequest,
  ledger: Ledger,
  lease: Lease,
) {
  const { LAKE_BUCKET, METRICS_TABLE, METRICS_TTL_DAYS, STATE_TABLE } = environment;
  const { now } = effects;
  const committer = new Committer({
    endpoint: endpoint.name,
    ledger,
    hold: lease,
    run,
    scheduledTime: isoTime(now()),
    now,
  });
  const metrics = new MetricsWriter({
    table: new MetricsTable(aws.dynamodb, METRICS_TABLE),
    tenant,
    ttlDays: METRICS_TTL_DAYS === undefined ? undefined : Number(METRICS_TTL_DAYS),
    effects,
    timeLeft,
    keepAlive: () => lease.keep(),
  });
  const drift = new DriftJournal(new SchemaStore(aws.dynamodb, STATE_TABLE, tenant, endpoint.name), endpoint);
  const days = DayIndex.create(aws.dynamodb, STATE_TABLE, tenant, endpoint);
  const context = { endpoint, tenant, run, lake: new Lake(aws.s3, LAKE_BUCKET), metrics, drift, days, effects };
  const commit = async (found: LakeBatch) => {
    for (const { batch } of await splitBatch(found, days)) {
      const committed = await committer.commit({
        content: { extractedAt: batch.extractedAt, from: null, to: null, records: batch.taken.length, quarantined: 0 },
        write: (seq) => writeBatch(context, batch, seq),
        // live runs continue where they would have
        move: () => ({}),
      });
      if (committed !== undefined) await drift.remember(committed.seq);
    }
  };
  return { committer, commit };
}

/** A requeue is not a run of the endpoint: its last run stays unchanged, also if that one failed or died. */
function lastRunOf({ run, continuation, effects }: RequeueRequest, { lastRun, afterFailure }: Checkpoint): LastRun {
  const now = isoTime(effects.now());
  const last = lastRun ?? {
    run,
    scheduledTime: now,
    startedAt: now,
    endedAt: now,
    completeTo: null,
    outcome: 'done',
    continuation,
    records: 0,
    requests: 0,
  };
  return afterFailure ? { ...last, outcome: 'failed' } : last;
}

/** Separates the entries that fit from the others, and groups the former into batches. */
class Found {
  readonly left: Record<string, number> = {};
  count = 0;
  readonly #endpoint: Endpoint;
  readonly #now: () => number;
  #taken: Taken[] = [];
  #entries: Requeued[] = [];
  readonly #days = new Set<string>();
  #characters = 0;

  constructor(endpoint: Endpoint, now: () => number) {
    this.#endpoint = endpoint;
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#taken.length === 0;
  }

  get isFull(): boolean {
    return (
      this.#taken.length >= BATCH_RECORDS ||
      this.#characters >= BATCH_CHARACTERS ||
      this.#days.size >= MAX_DAYS_OF_BATCH
    );
  }

  look(entry: Parameters<typeof requeueEntry>[1] & { readonly dt: string }): void {
    const retaken = requeueEntry(this.#endpoint, entry);
    if ('reason' in retaken) {
      this.left[retaken.reason] = (this.left[retaken.reason] ?? 0) + 1;
      return;
    }
    this.count += 1;
    this.#taken.push(retaken.taken);
    this.#entries.push({ entry: entry.entry, dt: entry.dt, at: isoTime(this.#now()) });
    this.#characters += retaken.taken.json.length;
    this.#days.add(retaken.taken.dt).add(entry.dt);
  }

  /** The batch so far. */
  close({ lastEntry }: Checkpoint): LakeBatch {
    const batch: LakeBatch = {
      taken: this.#taken,
      rejected: [],
      requeued: this.#entries,
      extractedAt: lastEntry?.extractedAt ?? isoTime(this.#now()),
    };
    this.#taken = [];
    this.#entries = [];
    this.#characters = 0;
    this.#days.clear();
    return batch;
  }
}
