import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { INFERRED_SCHEMA, toStatePartition } from '../aws/state-keys.ts';
import { checkFormat } from '../common/format-version.ts';

/** Format of the stored schema. */
const FORMAT = 1;

/** Stores the inferred schema of an endpoint's records between runs, as compressed JSON text, because writes are billed by the kilobyte. */
export class SchemaStore {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #key: Record<string, string>;

  constructor(client: DynamoDBDocumentClient, table: string, tenant: string, endpoint: string) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: toStatePartition(tenant, endpoint), sk: INFERRED_SCHEMA };
  }

  async load(): Promise<string | undefined> {
    const { Item: item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true }),
    );
    if (item === undefined) return undefined;
    checkFormat(item.formatVersion, FORMAT, `inferred schema of ${this.#key.pk}`);
    return gunzipSync(Buffer.from(String(item.schema), 'base64')).toString();
  }

  async save(schema: string): Promise<void> {
    await this.#client.send(
      new PutCommand({
        TableName: this.#table,
        Item: { ...this.#key, formatVersion: FORMAT, schema: gzipSync(schema).toString('base64') },
      }),
    );
  }
}
