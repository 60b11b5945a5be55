import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Endpoint, TailSource } from '../../catalog/index.ts';
import { parseEventTime, readTimestamp } from '../../catalog/timestamp.ts';
import { unlessRefused } from '../aws/conditional-write.ts';
import { ItemInserts, MAX_INSERTS } from '../aws/item-inserts.ts';
import { parseDaysKey, toDaysKey, toStatePartition } from '../aws/state-keys.ts';
import { TransientError } from '../common/errors.ts';
import { checkFormat } from '../common/format-version.ts';
import { inGroups } from '../common/in-groups.ts';
import { locateRecord } from './locate-record.ts';
import { addVersion, formatRecordDays, parseRecordDays, type RecordDays } from './record-days.ts';
import { isNewerVersion, type RecordVersion } from './record-version.ts';

/** Format of a bucket. */
const FORMAT = 1;

/** Maximum number of items that DynamoDB returns in one request. */
const MAX_KEYS = 100;

/** With fewer buckets that are not in the table, each is put separately, at the same time. */
const MIN_INSERTS = 3;

/** Number of puts that are sent at the same time, and of requests that insert many buckets. */
const CONCURRENT_WRITES = 16;
const CONCURRENT_INSERTS = 2;

/** A record as it was read from the API. */
interface ReadRecord {
  readonly record: Readonly<Record<string, unknown>>;
  /** Partition. */
  readonly dt: string;
  /** Platform time (UTC). */
  readonly extractedAt: string;
  /** Number of the batch with which it was read. @default - the batch it is written in */
  readonly batch?: string;
}

/** The versions of a batch in one bucket, by the name of the record. */
type Versions<Read = ReadRecord> = ReadonlyMap<string, readonly Read[]>;

/** A record with versions in more than one partition. */
export interface MovedRecord<Read> {
  /** One of its versions. */
  readonly read: Read;
  readonly newest: RecordVersion;
  /** Whether the batch has the newest version. */
  readonly isInBatch: boolean;
  /** Days other than that of the newest version, in which earlier ones may be. */
  readonly days: readonly string[];
}

interface Bucket {
  /** Number of the last write; 0 if there was none. */
  readonly revision: number;
  readonly records: ReadonlyMap<string, RecordDays>;
}

/**
 * The day index: in which partitions versions of the records of a tail may be, committed or not, and which version is the newest. It is
 * kept in the state table, {@link locateRecord} tells in which item.
 *
 * A live run, a backfill or a requeue adds a version before it writes its line, so the version is known even if the run dies afterwards.
 * Of two writers of a record, the second one to add its version finds the day of the first:
 *
 *     run A   add(day 1) ........ dies           lines  day 1: version 1
 *     run B                add(day 3) finds 1           day 1: version 2 is in day 3     day 3: version 2
 *
 * Each write replaces the item that was read, or is refused and starts again. So no addition is lost.
 */
export class DayIndex {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #partition: string;
  readonly #key: readonly string[];
  readonly #source: TailSource;
  readonly #inserts: ItemInserts;
  /** What was read of the records of the last batch. */
  readonly #buckets = new Map<string, Bucket>();

  private constructor(
    client: DynamoDBDocumentClient,
    table: string,
    tenant: string,
    { name, key }: Endpoint,
    source: TailSource,
  ) {
    this.#client = client;
    this.#table = table;
    this.#partition = toStatePartition(tenant, name);
    this.#key = key;
    this.#source = source;
    this.#inserts = new ItemInserts(client, table);
  }

  /** @returns undefined for an endpoint that is not a tail: its records do not move */
  static create(
    client: DynamoDBDocumentClient,
    table: string,
    tenant: string,
    endpoint: Endpoint,
  ): DayIndex | undefined {
    const { source } = endpoint;
    return source.kind === 'tail' ? new DayIndex(client, table, tenant, endpoint, source) : undefined;
  }

  /** Reads what is known of records. @throws TransientError if DynamoDB returns nothing */
  async load(reads: readonly ReadRecord[]): Promise<void> {
    await this.#load(new Set(reads.map(({ record }) => locateRecord(record, this.#key).bucket)));
  }

  async #load(needed: Pick<ReadonlySet<string>, 'has' | 'keys'>): Promise<void> {
    for (const bucket of this.#buckets.keys()) if (!needed.has(bucket)) this.#buckets.delete(bucket);
    await this.#read([...needed.keys()].filter((bucket) => !this.#buckets.has(bucket)));
  }

  /** The days that a record that was loaded touches: its own, and those of earlier versions. */
  listDays({ record, dt }: ReadRecord): string[] {
    const { bucket, name } = locateRecord(record, this.#key);
    const known = this.#buckets.get(bucket)?.records.get(name);
    return known === undefined ? [dt] : [...new Set([dt, known.newest.dt, ...known.others])];
  }

  /**
   * Adds the versions of a batch. Adding them again changes nothing.
   * @param batch number of the batch
   * @returns those of its records that have versions in more than one partition, each record once
   * @throws TransientError as {@link load} does
   */
  async add<Read extends ReadRecord>(reads: readonly Read[], batch: string): Promise<MovedRecord<Read>[]> {
    const buckets = new Map<string, Map<string, Read[]>>();
    for (const read of reads) {
      const { bucket, name } = locateRecord(read.record, this.#key);
      const records = buckets.get(bucket) ?? new Map<string, Read[]>();
      if (records.size === 0) buckets.set(bucket, records);
      const versions = records.get(name);
      if (versions === undefined) records.set(name, [read]);
      else versions.push(read);
    }
    await this.#load(buckets);
    const inserted = await this.#insertNew(buckets, batch);
    const moved = await pMap(
      buckets,
      async ([bucket, records]) => {
        const known = inserted.get(bucket) ?? (await this.#addTo(bucket, records, batch));
        return [...records].flatMap(([name, all]) => {
          const [days, [read]] = [known.get(name), all];
          if (read === undefined || days === undefined || days.others.length === 0) return [];
          const { newest, others } = days;
          const isInBatch = all.some((each) => !isNewerVersion(newest, this.#describe(each, batch)));
          return [{ read, newest, isInBatch, days: others }];
        });
      },
      { concurrency: CONCURRENT_WRITES },
    );
    return moved.flat();
  }

  /**
   * Inserts the buckets that the table does not have. Those that it refuses are left to {@link #addTo}.
   * @returns the records of the inserted buckets
   */
  async #insertNew(
    buckets: ReadonlyMap<string, Versions>,
    batch: string,
  ): Promise<ReadonlyMap<string, Bucket['records']>> {
    const inserted = new Map<string, Bucket['records']>();
    const missing = [...buckets].filter(([name]) => this.#known(name).revision === 0);
    if (missing.length < MIN_INSERTS) return inserted;
    await pMap(
      inGroups(missing, MAX_INSERTS),
      async (group) => {
        const items = new Map(
          group.map(([name, versions]) => {
            const bucket = { revision: 1, records: this.#with(EMPTY.records, versions, batch) };
            return [this.#toItem(name, bucket), { name, bucket }];
          }),
        );
        const refused = await this.#inserts.insert([...items.keys()]);
        for (const [item, { name, bucket }] of items) {
          if (refused.has(item)) continue;
          this.#buckets.set(name, bucket);
          inserted.set(name, bucket.records);
        }
      },
      { concurrency: CONCURRENT_INSERTS },
    );
    return inserted;
  }

  /** @returns the bucket's records with these versions */
  async #addTo(name: string, versions: Versions, batch: string): Promise<Bucket['records']> {
    for (;;) {
      const { revision, records } = this.#known(name);
      const next = this.#with(records, versions, batch);
      if ([...next].every(([record, days]) => records.get(record) === days)) return next;
      const bucket = { revision: revision + 1, records: next };
      if (await this.#put(name, bucket)) {
        this.#buckets.set(name, bucket);
        return next;
      }
      await this.#read([name]);
    }
  }

  #with(records: Bucket['records'], versions: Versions, batch: string): Bucket['records'] {
    const { cursor, eventTime } = this.#source;
    const next = new Map(records);
    for (const [record, reads] of versions)
      for (const read of reads)
        next.set(record, addVersion(next.get(record), this.#describe(read, batch), cursor === eventTime));
    return next;
  }

  #known(name: string): Bucket {
    return this.#buckets.get(name) ?? EMPTY;
  }

  #describe({ record, dt, extractedAt, batch }: ReadRecord, ownBatch: string): RecordVersion {
    const readAt = readTimestamp(extractedAt);
    const changedAt = parseEventTime(record[this.#source.cursor]);
    return {
      // a time in the future hides no later version: the views, too, take the time of the reading then
      changedAt: changedAt === null ? null : Math.min(changedAt, readAt),
      batch: Number(batch ?? ownBatch),
      extractedAt: readAt,
      dt,
    };
  }

  /** @returns false if another writer has changed the bucket meanwhile */
  async #put(name: string, bucket: Bucket): Promise<boolean> {
    const before = bucket.revision - 1;
    const command = new PutCommand({
      TableName: this.#table,
      Item: this.#toItem(name, bucket),
      ...(before === 0
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : { ConditionExpression: 'revision = :revision', ExpressionAttributeValues: { ':revision': before } }),
    });
    return (await unlessRefused(this.#client.send(command))) !== undefined;
  }

  #toItem(name: string, { revision, records }: Bucket) {
    return { ...this.#keyOf(name), formatVersion: FORMAT, revision, records: formatRecordDays(records) };
  }

  async #read(names: readonly string[]): Promise<void> {
    for (const name of names) this.#buckets.set(name, EMPTY);
    let keys: Record<string, unknown>[] = names.map((name) => this.#keyOf(name));
    while (keys.length > 0) {
      const asked = keys.slice(0, MAX_KEYS);
      const answer = await this.#client.send(
        new BatchGetCommand({ RequestItems: { [this.#table]: { Keys: asked, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[this.#table] ?? []) this.#keep(item);
      const left = answer.UnprocessedKeys?.[this.#table]?.Keys ?? [];
      if (left.length === asked.length)
        throw new TransientError(`table ${this.#table} returns no items now: nothing is lost, the next run continues`);
      keys = [...left, ...keys.slice(MAX_KEYS)];
    }
  }

  #keep(item: Readonly<Record<string, unknown>>): void {
    const { pk, sk, formatVersion, revision, records } = item;
    checkFormat(formatVersion, FORMAT, `day index ${pk} ${sk}`);
    this.#buckets.set(parseDaysKey(String(sk)), {
      revision: Number(revision),
      records: parseRecordDays(String(records)),
    });
  }

  #keyOf(bucket: string): Record<string, string> {
    return { pk: this.#partition, sk: toDaysKey(bucket) };
  }
}

const EMPTY: Bucket = { revision: 0, records: new Map() };
