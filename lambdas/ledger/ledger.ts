import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../aws/conditional-write.ts';
import { LAST_ENTRY, toEntryKey, toStatePartition } from '../aws/state-keys.ts';
import { type LedgerEntry, parseLedgerEntry } from './ledger-entry.ts';

/** The append-only list of committed batches of a tenant's endpoints. */
export class Ledger {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #tenant: string;

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string) {
    this.#client = client;
    this.#table = table;
    this.#tenant = tenant;
  }

  /** Appends a batch; appending it again changes nothing. */
  async append(endpoint: string, entry: LedgerEntry): Promise<void> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: { pk: toStatePartition(this.#tenant, endpoint), sk: toEntryKey(entry.seq), ...entry },
      ConditionExpression: 'attribute_not_exists(sk)',
    });
    await unlessRefused(this.#client.send(command));
  }

  /** Writes the entry of a batch that a rebuild found in the lake, whatever entry is there. */
  async restore(endpoint: string, entry: LedgerEntry): Promise<void> {
    const Item = { pk: toStatePartition(this.#tenant, endpoint), sk: toEntryKey(entry.seq), ...entry };
    await this.#client.send(new PutCommand({ TableName: this.#table, Item }));
  }

  /** Batches with a sequence number above `after`, in order, without a gap. @throws ConfigurationError as parseLedgerEntry does */
  entriesAfter(endpoint: string, after: number): AsyncGenerator<LedgerEntry> {
    return this.#query(endpoint, after + 1, { ConsistentRead: true });
  }

  /** Lists batches from the newest to the oldest. */
  entriesBackwards(endpoint: string): AsyncGenerator<LedgerEntry> {
    return this.#query(endpoint, 0, { ScanIndexForward: false, Limit: 50 });
  }

  /** Reads one batch; undefined if its entry is not written yet. */
  async entry(endpoint: string, seq: number): Promise<LedgerEntry | undefined> {
    const Key = { pk: toStatePartition(this.#tenant, endpoint), sk: toEntryKey(seq) };
    const { Item } = await this.#client.send(new GetCommand({ TableName: this.#table, Key }));
    return Item && parseLedgerEntry(Item);
  }

  /** Reads the next batch after a sequence number; undefined if there is none. */
  async firstAfter(endpoint: string, after: number): Promise<LedgerEntry | undefined> {
    for await (const entry of this.#query(endpoint, after + 1, { Limit: 1 })) return entry;
    return undefined;
  }

  async *#query(
    endpoint: string,
    first: number,
    options: { readonly ConsistentRead?: boolean; readonly ScanIndexForward?: boolean; readonly Limit?: number },
  ): AsyncGenerator<LedgerEntry> {
    let start: Record<string, unknown> | undefined;
    do {
      const answer = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk and sk between :first and :last',
          ExpressionAttributeValues: {
            ':pk': toStatePartition(this.#tenant, endpoint),
            ':first': toEntryKey(first),
            ':last': LAST_ENTRY,
          },
          ...options,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const item of answer.Items ?? []) yield parseLedgerEntry(item);
      start = answer.LastEvaluatedKey;
    } while (start);
  }
}
