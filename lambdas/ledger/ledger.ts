import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { unlessRefused } from '../aws/conditional-write.ts';
import { batchKey, LAST_BATCH, partitionOf } from '../aws/state-keys.ts';
import { type LedgerBatch, ledgerBatchSchema } from './ledger-entry.ts';

/** The append-only record of committed batches of a tenant's endpoint. */
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
  async append(endpoint: string, batch: LedgerBatch): Promise<void> {
    const command = new PutCommand({
      TableName: this.#table,
      Item: { pk: partitionOf(this.#tenant, endpoint), sk: batchKey(batch.seq), ...batch },
      ConditionExpression: 'attribute_not_exists(sk)',
    });
    await unlessRefused(this.#client.send(command));
  }

  /** Batches with a sequence number above `after`, in order, without a gap. */
  async *batchesAfter(endpoint: string, after: number): AsyncGenerator<LedgerBatch> {
    let start: Record<string, unknown> | undefined;
    do {
      const answer = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'pk = :pk and sk between :first and :last',
          ExpressionAttributeValues: {
            ':pk': partitionOf(this.#tenant, endpoint),
            ':first': batchKey(after + 1),
            ':last': LAST_BATCH,
          },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      for (const item of answer.Items ?? []) yield ledgerBatchSchema.parse(item);
      start = answer.LastEvaluatedKey;
    } while (start);
  }
}
