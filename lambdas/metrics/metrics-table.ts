import { BatchGetCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { AwsClients } from '../aws/aws-clients.ts';
import { unlessRefused } from '../aws/conditional-write.ts';

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

/** The metrics table: one item per call, never replaced by an older one. */
export class MetricsTable {
  readonly name: string;
  readonly #client: DynamoDBDocumentClient;
  readonly #puts: AwsClients['puts'];

  constructor({ dynamodb, puts }: Pick<AwsClients, 'dynamodb' | 'puts'>, name: string) {
    this.#client = dynamodb;
    this.name = name;
    this.#puts = puts;
  }

  /** Writes an item unless the table has a newer or the same version. @returns true if it was written */
  put<Item extends VersionedItem>(item: Item): Promise<boolean> {
    return this.#put(item, SUPERSEDES);
  }

  /** Writes an item unless the table has a newer version. @returns true if it was written */
  restore<Item extends VersionedItem>(item: Item): Promise<boolean> {
    return this.#put(item, RESTORES);
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

  async #put<Item extends VersionedItem>(item: Item, condition: string): Promise<boolean> {
    const input = {
      TableName: this.name,
      Item: item,
      ConditionExpression: condition,
      ExpressionAttributeValues: {
        ':updated': item.source_updated_at,
        ':version': item.metrics_version,
        ':ingested': item.ingested_at,
      },
    };
    if (this.#puts !== undefined) return this.#puts.put(input);
    return (await unlessRefused(this.#client.send(new PutCommand(input)))) !== undefined;
  }
}
