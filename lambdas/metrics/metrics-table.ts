import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../aws/conditional-write.ts';
import { type Inserted, insertItems } from './item-inserts.ts';

/** What the order of an item's versions depends on. */
export interface VersionedItem {
  readonly call_key: string;
  /** ISO UTC with milliseconds: texts that sort like times. */
  readonly source_updated_at: string;
  readonly metrics_version: number;
  readonly ingested_at: string;
}

/** True if `a` supersedes `b`: the later change, then the newer rules, then the later extraction. */
export function isNewer(a: VersionedItem, b: VersionedItem): boolean {
  if (a.source_updated_at !== b.source_updated_at) return a.source_updated_at > b.source_updated_at;
  if (a.metrics_version !== b.metrics_version) return a.metrics_version > b.metrics_version;
  return a.ingested_at > b.ingested_at;
}

// the same order as isNewer, for DynamoDB: AND binds stronger than OR. The embedded DynamoDB reads it four times as fast
// without parentheses, and it reads it for every item.
const SUPERSEDES = `attribute_not_exists(call_key)
  OR source_updated_at < :updated
  OR source_updated_at = :updated AND metrics_version < :version
  OR source_updated_at = :updated AND metrics_version = :version AND ingested_at < :ingested`;

// what has the same version is replaced, too: somebody else changed it, or it was made with another time to live
const RESTORES = `${SUPERSEDES}
  OR (source_updated_at = :updated AND metrics_version = :version AND ingested_at = :ingested)`;

/** What became of an item: the table had none of its call, an older one, or one that is not older and stays. */
export type Outcome = 'added' | 'replaced' | 'kept';

/** The metrics table: one item per call, never replaced by an older one. */
export class MetricsTable {
  readonly name: string;
  readonly #client: DynamoDBDocumentClient;
  #canInsert = true;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.name = name;
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
   * Writes items of calls that the table has no item of, in one request.
   * @param items of different calls, {@link MAX_INSERTS} at most
   * @returns what was not written; everything as `known` from a DynamoDB without PartiQL, which is asked once
   * @throws as {@link insertItems} does
   */
  async insert<Item extends VersionedItem>(items: readonly Item[]): Promise<Inserted<Item>> {
    if (this.#canInsert) {
      try {
        return await insertItems(this.#client, this.name, items);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'UnknownOperationException')) throw error;
        this.#canInsert = false;
      }
    }
    return { known: items, postponed: [] };
  }

  /**
   * The items of so many calls, 100 at most, by their keys; read consistently.
   * @throws an error that says that the table is throttled if DynamoDB gives nothing of what is left
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
            ':updated': item.source_updated_at,
            ':version': item.metrics_version,
            ':ingested': item.ingested_at,
          },
          ReturnValues: returned,
        }),
      ),
    );
  }
}
