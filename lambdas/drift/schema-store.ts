import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { partitionOf, SHAPE } from '../aws/state-keys.ts';

/** Keeps the shape of an endpoint's records between runs: JSON text, compressed, since a write costs by the kilobyte. */
export class ShapeStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #key: Record<string, string>;

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string, endpoint: string) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: partitionOf(tenant, endpoint), sk: SHAPE };
  }

  async load(): Promise<string | undefined> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    return typeof item?.shape === 'string' ? gunzipSync(Buffer.from(item.shape, 'base64')).toString() : undefined;
  }

  async save(shape: string): Promise<void> {
    await this.#client.send(
      new PutCommand({
        TableName: this.#table,
        Item: { ...this.#key, shape: gzipSync(shape).toString('base64') },
      }),
    );
  }
}
