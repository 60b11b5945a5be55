import { type DynamoDBDocumentClient, GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../aws/conditional-write.ts';
import { CHECKPOINT, toStatePartition } from '../aws/state-keys.ts';
import { LeaseHeldError } from '../common/errors.ts';
import { CHECKPOINT_FORMAT, type Checkpoint, type LastRun, parseCheckpoint } from './checkpoint.ts';
import type { LedgerEntry } from './ledger-entry.ts';

/** A lease expires if it is not renewed for this long, milliseconds. Runs renew it much earlier. */
const LEASE_MS = 120_000;

/** A backfill slot expires after this long, milliseconds. */
const SLOT_MS = 60_000;

/** The permission under which a batch is committed. */
export interface Permit {
  readonly fencingToken: number;
  /** Number of the backfill slot. @default - the lease of a run */
  readonly slot?: number;
}

/** What a commit changes besides the last batch. */
export interface Move {
  /** Where live runs continue, as JSON text. @default - unchanged */
  readonly position?: string | undefined;
  /** @default - unchanged */
  readonly cursor?: string | null | undefined;
}

/** What a rebuild found out about an endpoint. */
export interface Restored {
  readonly lastEntry: LedgerEntry;
  /** Where live runs continue, as JSON text. */
  readonly position: string;
  readonly cursor: string | null;
  readonly records: number;
  readonly quarantined: number;
  readonly lastRun: LastRun;
}

/**
 * The checkpoint of a tenant's endpoint: lease, cursor and the last batch in one item, so that one conditional write both checks
 * the permission and commits. Each method is one write.
 *
 *     run A  lease(token 1) ... objects ... [paused .................] commit(token 1): refused
 *     run B                                  lease(token 2) ... commit(token 2): batch 7
 *
 * A backfill takes slots instead of the lease. A slot is only granted between live runs, and is invalid while a lease is held:
 *
 *     backfill  slot 1 (after batch 7) ... objects ... commit: batch 8    slot 2 ... objects ... commit: refused
 *     live run                                                                lease(token 3) ... commit: batch 9
 */
export class CheckpointStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #key: Record<string, string>;
  readonly #now: () => number;
  readonly #place: string;

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string, endpoint: string, now: () => number) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: toStatePartition(tenant, endpoint), sk: CHECKPOINT };
    this.#now = now;
    this.#place = `${tenant} ${endpoint}`;
  }

  /** Acquires the lease. @throws LeaseHeldError if another run holds it @throws ConfigurationError if a newer release has run */
  acquire(run: string): Promise<Checkpoint> {
    const now = this.#now();
    return this.#take('lease held by another run', {
      UpdateExpression:
        'SET formatVersion = :format, fencingToken = if_not_exists(fencingToken, :zero) + :one, leaseUntil = :until, #owner = :run, afterFailure = if_not_exists(isRunning, :no), isRunning = :yes',
      ConditionExpression:
        'attribute_not_exists(rebuilding) AND (attribute_not_exists(leaseUntil) OR (formatVersion = :format AND leaseUntil <= :now))',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':format': CHECKPOINT_FORMAT,
        ':zero': 0,
        ':one': 1,
        ':until': now + LEASE_MS,
        ':now': now,
        ':run': run,
        ':no': false,
        ':yes': true,
      },
    });
  }

  /** Renews the lease. @throws LeaseHeldError if another run took over */
  async renew(fencingToken: number): Promise<void> {
    await this.#update('lease lost to another run', {
      UpdateExpression: 'SET leaseUntil = :until',
      ConditionExpression: 'fencingToken = :token',
      ExpressionAttributeValues: { ':token': fencingToken, ':until': this.#now() + LEASE_MS },
    });
  }

  /** Takes the slot for one batch of a backfill. @throws LeaseHeldError if a live run or another backfill is running */
  takeSlot(run: string): Promise<Checkpoint> {
    const now = this.#now();
    return this.#take('a live run or another backfill is running', {
      UpdateExpression:
        'SET formatVersion = :format, slot = if_not_exists(slot, :zero) + :one, slotUntil = :until, slotOf = :run, fencingToken = if_not_exists(fencingToken, :zero), leaseUntil = if_not_exists(leaseUntil, :zero)',
      ConditionExpression:
        'attribute_not_exists(rebuilding) AND (attribute_not_exists(leaseUntil) OR (formatVersion = :format AND leaseUntil <= :now)) AND (attribute_not_exists(slotUntil) OR slotUntil <= :now OR slotOf = :run)',
      ExpressionAttributeValues: {
        ':format': CHECKPOINT_FORMAT,
        ':zero': 0,
        ':one': 1,
        ':until': now + SLOT_MS,
        ':now': now,
        ':run': run,
      },
    });
  }

  /**
   * Commits a batch: from here on it counts. The lease is renewed, or the slot ended.
   * @returns false if the permission was lost or the number is taken; then nothing of the batch counts
   */
  async commit({ fencingToken, slot }: Permit, entry: LedgerEntry, { position, cursor }: Move): Promise<boolean> {
    const sets = [
      'seq = :seq',
      'lastEntry = :entry',
      'appended = :before',
      slot === undefined ? 'leaseUntil = :until' : 'slotUntil = :until',
      ...(position === undefined ? [] : ['#position = :position']),
      ...(cursor === undefined ? [] : ['#cursor = :cursor']),
    ];
    const command = new UpdateCommand({
      TableName: this.#table,
      Key: this.#key,
      UpdateExpression: `SET ${sets.join(', ')} ADD #records :records, quarantined :quarantined`,
      ConditionExpression: `fencingToken = :token${slot === undefined ? '' : ' AND slot = :slot AND leaseUntil <= :now'} AND (attribute_not_exists(seq) OR seq = :before)`,
      ExpressionAttributeNames: {
        '#records': 'records',
        ...(position !== undefined && { '#position': 'position' }),
        ...(cursor !== undefined && { '#cursor': 'cursor' }),
      },
      ExpressionAttributeValues: {
        ':token': fencingToken,
        ':seq': entry.seq,
        ':before': entry.seq - 1,
        ':entry': entry,
        ':records': entry.records,
        ':quarantined': entry.quarantined,
        ':until': slot === undefined ? this.#now() + LEASE_MS : 0,
        ...(slot !== undefined && { ':slot': slot, ':now': this.#now() }),
        ...(position !== undefined && { ':position': position }),
        ...(cursor !== undefined && { ':cursor': cursor }),
      },
    });
    return (await unlessRefused(this.#client.send(command))) !== undefined;
  }

  /** The checkpoint; undefined before the first run. @throws ConfigurationError if a newer release wrote it */
  async read(): Promise<Checkpoint | undefined> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    return item && parseCheckpoint(item, this.#place);
  }

  /**
   * Releases the lease at the end of a run, and stores what the source learned since the last batch.
   * @throws LeaseHeldError if another run took over
   */
  async release(fencingToken: number, end: Move & { readonly appended: number; readonly lastRun: LastRun }) {
    const { position, cursor } = end;
    await this.#update('lease lost to another run', {
      UpdateExpression: `SET leaseUntil = :zero, appended = :appended, lastRun = :lastRun, isRunning = :failed${
        position === undefined ? '' : ', #position = :position, #cursor = :cursor'
      }`,
      ConditionExpression: 'fencingToken = :token',
      ...(position !== undefined && { ExpressionAttributeNames: { '#position': 'position', '#cursor': 'cursor' } }),
      ExpressionAttributeValues: {
        ':token': fencingToken,
        ':zero': 0,
        ':appended': end.appended,
        ':lastRun': end.lastRun,
        ':failed': end.lastRun.outcome === 'failed',
        ...(position !== undefined && { ':position': position, ':cursor': cursor ?? null }),
      },
    });
  }

  /**
   * Closes the checkpoint for live runs and backfills until {@link restore}. A run that has the lease loses it. Closing again
   * changes nothing that they see.
   * @throws ConfigurationError if a newer release has run
   */
  async close(): Promise<void> {
    await this.#take('cannot be rebuilt now', {
      UpdateExpression:
        'SET formatVersion = :format, fencingToken = if_not_exists(fencingToken, :zero) + :one, leaseUntil = :zero, slotUntil = :zero, rebuilding = :yes',
      ConditionExpression: 'attribute_not_exists(leaseUntil) OR formatVersion = :format',
      ExpressionAttributeValues: { ':format': CHECKPOINT_FORMAT, ':zero': 0, ':one': 1, ':yes': true },
    });
  }

  /**
   * Writes what a rebuild found and opens the checkpoint again. The next run is told that the run before did not end well, so
   * that it writes again what it reads again.
   * @throws LeaseHeldError if the checkpoint is not closed
   */
  async restore(found: Restored): Promise<void> {
    const { lastEntry, position, cursor, records, quarantined, lastRun } = found;
    await this.#update('is not being rebuilt', {
      UpdateExpression:
        'SET seq = :seq, appended = :seq, lastEntry = :entry, #position = :position, #cursor = :cursor, #records = :records, quarantined = :quarantined, lastRun = :lastRun, isRunning = :yes REMOVE rebuilding',
      ConditionExpression: 'attribute_exists(rebuilding)',
      ExpressionAttributeNames: { '#position': 'position', '#cursor': 'cursor', '#records': 'records' },
      ExpressionAttributeValues: {
        ':seq': lastEntry.seq,
        ':entry': lastEntry,
        ':position': position,
        ':cursor': cursor,
        ':records': records,
        ':quarantined': quarantined,
        ':lastRun': lastRun,
        ':yes': true,
      },
    });
  }

  /** The error for a lost permission: no later effect of the run counts. */
  lost(): LeaseHeldError {
    return new LeaseHeldError(`${this.#place}: lease lost to another run`);
  }

  async #take(refused: string, input: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<Checkpoint> {
    const attributes = await this.#tryUpdate({ ...input, ReturnValues: 'ALL_NEW' });
    if (attributes !== undefined) return parseCheckpoint(attributes, this.#place);
    // refused for its format, or because another run holds it
    const found = await this.read();
    throw new LeaseHeldError(`${this.#place}: ${found?.rebuilding ? 'its state is being rebuilt' : refused}`);
  }

  async #update(refused: string, input: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<void> {
    if ((await this.#tryUpdate(input)) === undefined) throw new LeaseHeldError(`${this.#place}: ${refused}`);
  }

  /** @returns undefined if the condition did not hold */
  async #tryUpdate(input: Omit<UpdateCommandInput, 'TableName' | 'Key'>) {
    const command = new UpdateCommand({ TableName: this.#table, Key: this.#key, ...input });
    const answer = await unlessRefused(this.#client.send(command));
    return answer && (answer.Attributes ?? {});
  }
}
