import { type DynamoDBDocumentClient, GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { unlessRefused } from '../aws/conditional-write.ts';
import { HEAD, partitionOf } from '../aws/state-keys.ts';
import { LeaseHeldError } from '../common/errors.ts';
import { type LedgerBatch, ledgerBatchSchema } from './ledger-entry.ts';

/** A lease not renewed for this long is free; it is renewed well before. */
const LEASE_MS = 120_000;

/** The turn of a backfill ends by itself after this long, milliseconds. */
const TURN_MS = 60_000;

/** What a run leaves behind for `status` and the next run. */
const lastRunSchema = z.object({
  run: z.string(),
  scheduledTime: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  /** Platform time up to which everything was read; null if the run did not get that far. */
  completeTo: z.nullable(z.string()),
  /** Start of the last run that read everything there was, this one or an earlier one. @default - none has yet */
  caughtUpAt: z.optional(z.string()),
  outcome: z.enum(['done', 'more', 'failed']),
  error: z.optional(z.string()),
  /** Platform time of the last answer to a run that failed: what it wrote and did not commit may bear that time. */
  answeredAt: z.optional(z.string()),
  /** How many times it was continued because its time was up. */
  continuation: z.int(),
  records: z.int(),
  requests: z.int(),
});

export type LastRun = z.infer<typeof lastRunSchema>;

export const headSchema = z.object({
  /** Rises with every lease; a commit with an older one is refused. */
  fence: z.int(),
  /** Last committed batch; 0 before the first. */
  seq: z._default(z.int(), 0),
  /** Last batch whose ledger item is known to be written. */
  appended: z._default(z.int(), 0),
  leaseUntil: z.number(),
  /** Rises with every turn of a backfill. */
  turn: z._default(z.int(), 0),
  /** True if the run before this one failed, died or was overtaken: it may have written what it did not commit. */
  afterFailure: z._default(z.boolean(), false),
  /** Opaque state of the source after batch `seq`, as JSON text. */
  position: z.optional(z.string()),
  cursor: z.optional(z.nullable(z.string())),
  lastBatch: z.optional(ledgerBatchSchema),
  lastRun: z.optional(lastRunSchema),
  /** Totals over all batches. */
  records: z._default(z.int(), 0),
  quarantined: z._default(z.int(), 0),
});

export type Head = z.infer<typeof headSchema>;

/**
 * Head of a tenant's endpoint: lease, cursor and the last batch in one item, so that one conditional write both checks
 * that this run still holds the lease and commits.
 *
 *     run A  lease(fence 1) ... raw objects ... [paused .................] commit(fence 1): refused
 *     run B                                      lease(fence 2) ... commit(fence 2): batch 7
 *
 * A backfill needs no lease, and never keeps a live run waiting: it commits a batch when its turn has come, which it takes between
 * live runs only. Whoever takes the lease ends the turn.
 *
 *     backfill  turn 1 (after batch 7) ... objects ... commit: batch 8    turn 2 ... objects ... commit: refused
 *     live run                                                                lease(fence 3) ... commit: batch 9
 *
 * The ledger item of a batch is appended right after its commit; if a crash comes between, the next lease finds
 * `appended < seq` and appends it first. Readers of the ledger therefore see every batch once, in order, without a gap.
 */
export class HeadStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #key: Record<string, string>;
  readonly #now: () => number;
  readonly #place: string;

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string, endpoint: string, now: () => number) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: partitionOf(tenant, endpoint), sk: HEAD };
    this.#now = now;
    this.#place = `${tenant} ${endpoint}`;
  }

  /** Takes the lease. @throws LeaseHeldError if another run has it */
  async acquire(run: string): Promise<Head> {
    const now = this.#now();
    const attributes = await this.#update('lease held by another run', {
      UpdateExpression:
        'SET fence = if_not_exists(fence, :zero) + :one, leaseUntil = :until, #owner = :run, afterFailure = if_not_exists(isRunning, :no), isRunning = :yes',
      ConditionExpression: 'attribute_not_exists(leaseUntil) OR leaseUntil <= :now',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':zero': 0,
        ':one': 1,
        ':until': now + LEASE_MS,
        ':now': now,
        ':run': run,
        ':no': false,
        ':yes': true,
      },
      ReturnValues: 'ALL_NEW',
    });
    return headSchema.parse(attributes);
  }

  /** Keeps the lease. @throws LeaseHeldError if another run took over */
  async renew(fence: number): Promise<void> {
    await this.#update('lease lost to another run', {
      UpdateExpression: 'SET leaseUntil = :until',
      ConditionExpression: 'fence = :fence',
      ExpressionAttributeValues: { ':fence': fence, ':until': this.#now() + LEASE_MS },
    });
  }

  /** Commits a batch: from here on it counts. @throws LeaseHeldError if another run took over */
  async commit(fence: number, batch: LedgerBatch, position: string, cursor: string | null): Promise<void> {
    await this.#update('lease lost to another run', {
      UpdateExpression:
        'SET seq = :seq, #position = :position, #cursor = :cursor, lastBatch = :batch, appended = :before, leaseUntil = :until ADD #records :records, quarantined :quarantined',
      ConditionExpression: 'fence = :fence AND (attribute_not_exists(seq) OR seq = :before)',
      ExpressionAttributeNames: { '#position': 'position', '#cursor': 'cursor', '#records': 'records' },
      ExpressionAttributeValues: {
        ':fence': fence,
        ':seq': batch.seq,
        ':before': batch.seq - 1,
        ':position': position,
        ':cursor': cursor,
        ':batch': batch,
        ':records': batch.records,
        ':quarantined': batch.quarantined,
        ':until': this.#now() + LEASE_MS,
      },
    });
  }

  /** Takes the turn to commit one batch of a range. @throws LeaseHeldError if a live run or another range is at work */
  async takeTurn(run: string): Promise<Head> {
    const now = this.#now();
    const attributes = await this.#update('a live run or another range is at work', {
      UpdateExpression:
        'SET turn = if_not_exists(turn, :zero) + :one, turnUntil = :until, turnOf = :run, fence = if_not_exists(fence, :zero), leaseUntil = if_not_exists(leaseUntil, :zero)',
      ConditionExpression:
        '(attribute_not_exists(leaseUntil) OR leaseUntil <= :now) AND (attribute_not_exists(turnUntil) OR turnUntil <= :now OR turnOf = :run)',
      ExpressionAttributeValues: { ':zero': 0, ':one': 1, ':until': now + TURN_MS, ':now': now, ':run': run },
      ReturnValues: 'ALL_NEW',
    });
    return headSchema.parse(attributes);
  }

  /**
   * Commits a batch of a range and ends the turn.
   * @param head as it was when the turn was taken
   * @param position where live runs go on, if the range found something for them. @default - as before
   * @throws LeaseHeldError if a live run or another range came between; then nothing of the batch counts
   */
  async commitTurn({ fence, turn }: Head, batch: LedgerBatch, position?: string): Promise<void> {
    await this.#update('a live run or another range came between', {
      UpdateExpression: `SET seq = :seq, lastBatch = :batch, appended = :before, turnUntil = :zero${
        position === undefined ? '' : ', #position = :position'
      } ADD #records :records, quarantined :quarantined`,
      ConditionExpression: 'fence = :fence AND turn = :turn AND (attribute_not_exists(seq) OR seq = :before)',
      ExpressionAttributeNames: {
        '#records': 'records',
        ...(position !== undefined && { '#position': 'position' }),
      },
      ExpressionAttributeValues: {
        ':fence': fence,
        ':turn': turn,
        ':seq': batch.seq,
        ':before': batch.seq - 1,
        ':batch': batch,
        ':zero': 0,
        ':records': batch.records,
        ':quarantined': batch.quarantined,
        ...(position !== undefined && { ':position': position }),
      },
    });
  }

  /** Where the endpoint stands; undefined before its first run. */
  async read(): Promise<Head | undefined> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    return item && headSchema.parse(item);
  }

  /** Gives the lease back at the end of a run, with what the source learned since the last batch. */
  async release(fence: number, end: { appended: number; lastRun: LastRun; position?: string; cursor?: string | null }) {
    const { position, cursor } = end;
    await this.#update('lease lost to another run', {
      UpdateExpression: `SET leaseUntil = :zero, appended = :appended, lastRun = :lastRun, isRunning = :failed${
        position === undefined ? '' : ', #position = :position, #cursor = :cursor'
      }`,
      ConditionExpression: 'fence = :fence',
      ...(position !== undefined && { ExpressionAttributeNames: { '#position': 'position', '#cursor': 'cursor' } }),
      ExpressionAttributeValues: {
        ':fence': fence,
        ':zero': 0,
        ':appended': end.appended,
        ':lastRun': end.lastRun,
        ':failed': end.lastRun.outcome === 'failed',
        ...(position !== undefined && { ':position': position, ':cursor': cursor ?? null }),
      },
    });
  }

  async #update(refused: string, input: Omit<UpdateCommandInput, 'TableName' | 'Key'>) {
    const command = new UpdateCommand({ TableName: this.#table, Key: this.#key, ...input });
    const answer = await unlessRefused(this.#client.send(command));
    if (answer === undefined) throw new LeaseHeldError(`${this.#place}: ${refused}`);
    return answer.Attributes;
  }
}
