import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../aws/conditional-write.ts';
import { ItemInserts } from '../aws/item-inserts.ts';
import { type Inserted, sortRefused } from './refused-inserts.ts';

/** The attributes that order the versions of an item. */
export interface VersionedItem {
  readonly call_key: string;
  /** ISO UTC with milliseconds: texts that sort like times. */
  readonly source_updated_at: string;
  readonly metrics_version: number;
  /** Likewise. */
  readonly ingested_at: string;
  /** Number of a batch as text that sorts like the numbers; absent from items of releases before 0.2. */
  readonly source_batch?: string | undefined;
}

/**
 * True if `a` supersedes `b`: the later change, then the later batch, then the later reading, then the newer rules. If a change has a
 * later time than its reading, the time of the reading is used, so that a time in the future hides no later state.
 */
export function isNewer(a: VersionedItem, b: VersionedItem): boolean {
  const [changedA, changedB] = [findChange(a), findChange(b)];
  if (changedA !== changedB) return changedA > changedB;
  const [batchA, batchB] = [a.source_batch ?? '', b.source_batch ?? ''];
  if (batchA !== batchB) return batchA > batchB;
  if (a.ingested_at !== b.ingested_at) return a.ingested_at > b.ingested_at;
  return a.metrics_version > b.metrics_version;
}

const findChange = ({ source_updated_at: changed, ingested_at: read }: VersionedItem): string =>
  changed > read ? read : changed;

// The same order as isNewer, for DynamoDB. The change of the item in the table is the smaller of two attributes. It is before
// :changed if one of them is, and equal to it if one of them is equal and none is before. AND binds stronger than OR. The embedded
// DynamoDB reads it four times as fast without parentheses, and it reads it for every item.
const sameChange = (rest: string): string =>
  `source_updated_at = :changed AND ${rest}
  OR ingested_at = :changed AND ${rest}`;

const SUPERSEDES = `attribute_not_exists(call_key)
  OR source_updated_at < :changed
  OR ingested_at < :changed
  OR ${sameChange('attribute_not_exists(source_batch)')}
  OR ${sameChange('source_batch < :batch')}
  OR ${sameChange('source_batch = :batch AND ingested_at < :ingested')}
  OR ${sameChange('source_batch = :batch AND ingested_at = :ingested AND metrics_version < :version')}`;

// an item of the same version is replaced, too: it was changed by another program, or has another time to live
const RESTORES = `${SUPERSEDES}
  OR ${sameChange('source_batch = :batch AND ingested_at = :ingested AND metrics_version = :version')}`;

/** The result of a write: the table had no item of the call, an older one, or one that is not older and stays. */
export type Outcome = 'added' | 'replaced' | 'kept';

/** The metrics table: one item per call, never replaced by an older one. */
export class MetricsTable {
  readonly name: string;
  readonly #client: DynamoDBDocumentClient;
  readonly #inserts: ItemInserts;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.name = name;
    this.#inserts = new ItemInserts(client, name);
  }

  /** Writes an item unless the table has a newer or the same version. */
  async put<Item extends VersionedItem>(item: Item): Promise<Outcome> {
    const answer = await this.#put(item, SUPERSEDES, 'ALL_OLD');
    if (answer === undefined) return 'kept';
    return answer.Attributes === undefined ? 'added' : 'replaced';
  }

  /** Writes an item unless the table has a newer version. */
  async restore<Item extends VersionedItem>(item: Item): Promise<void> {
    await this.#put(item, RESTORES, 'NONE');
  }

  /**
   * Inserts items of calls that the table does not have, in one request.
   * @param items of different calls, {@link MAX_INSERTS} at most
   * @returns what was not written; all items as `known` if DynamoDB has no PartiQL, which is tried once
   * @throws ConfigurationError | ContractError if DynamoDB refuses an item permanently; others may have been inserted
   * @throws what the SDK throws if the request as a whole fails
   */
  async insert<Item extends VersionedItem>(items: readonly Item[]): Promise<Inserted<Item>> {
    return sortRefused(this.name, await this.#inserts.insert(items));
  }

  /**
   * Reads the items of up to 100 calls by their keys, consistently.
   * @throws an error about throttling if DynamoDB returns none of the remaining items
   */
  async getMany(callKeys: readonly string[]): Promise<Map<string, Readonly<Record<string, unknown>>>> {
    const found = new Map<string, Readonly<Record<string, unknown>>>();
    let keys: Record<string, unknown>[] = callKeys.map((call_key) => ({ call_key }));
    while (keys.length > 0) {
      const answer = await this.#client.send(
        new BatchGetCommand({ RequestItems: { [this.name]: { Keys: keys, ConsistentRead: true } } }),
      );
      for (const item of answer.Responses?.[this.name] ?? []) found.set(String(item.call_key), item);
      const left = answer.UnprocessedKeys?.[this.name]?.Keys ?? [];
      if (left.length === keys.length)
        throw Object.assign(new Error(`${left.length} items were not read`), { name: 'ThrottlingException' });
      keys = left;
    }
    return found;
  }

  #put<Item extends VersionedItem>(item: Item, condition: string, returned: 'ALL_OLD' | 'NONE') {
    return unlessRefused(
      this.#client.send(
        new PutCommand({
          TableName: this.name,
          Item: item,
          ConditionExpression: condition,
          ExpressionAttributeValues: {
            ':changed': findChange(item),
            ':batch': item.source_batch ?? '',
            ':version': item.metrics_version,
            ':ingested': item.ingested_at,
          },
          ReturnValues: returned,
        }),
      ),
    );
  }
}
