import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type KeySchemaElement,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { BatchWriteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';

/** An item of a table. */
export type Item = Readonly<Record<string, unknown>>;

/** Items of a request. */
const ITEMS_PER_WRITE = 25;

/** Loses data of a deployment, and does by SDK calls what the runbooks do with the AWS CLI. */
export class DeployedLosses {
  readonly #s3: S3Client;
  readonly #tables: DynamoDBClient;
  readonly #dynamodb: DynamoDBDocumentClient;

  constructor(region: string) {
    this.#s3 = new S3Client({ region, forcePathStyle: true });
    this.#tables = new DynamoDBClient({ region });
    this.#dynamodb = DynamoDBDocumentClient.from(this.#tables);
  }

  /** Deletes every object of a bucket, which keeps the former versions. @returns how many */
  async emptyBucket(bucket: string): Promise<number> {
    const { versions } = await this.#listVersions(bucket);
    for (const { Key } of versions) await this.#s3.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
    return versions.length;
  }

  /** Removes the delete markers of a bucket. @returns how many there were */
  async removeMarkers(bucket: string): Promise<number> {
    const { markers } = await this.#listVersions(bucket);
    for (const { Key, VersionId } of markers)
      await this.#s3.send(new DeleteObjectCommand({ Bucket: bucket, Key, VersionId }));
    return markers.length;
  }

  /** All items of a table. */
  async readItems(table: string): Promise<Item[]> {
    const items: Item[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.#dynamodb.send(new ScanCommand({ TableName: table, ExclusiveStartKey: start }));
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items;
  }

  /** Replaces the content of a table. */
  async replaceItems(table: string, items: readonly Item[]): Promise<void> {
    const { Table: { KeySchema: keys = [] } = {} } = await this.#tables.send(
      new DescribeTableCommand({ TableName: table }),
    );
    const old = await this.readItems(table);
    await this.#write(
      table,
      old.map((item) => ({ DeleteRequest: { Key: pickKeys(item, keys) } })),
    );
    await this.#write(
      table,
      items.map((item) => ({ PutRequest: { Item: { ...item } } })),
    );
  }

  /** Creates a table as a restore does: with the keys and indexes of another one, and with some of its items. */
  async restoreTable(from: string, to: string, items: readonly Item[]): Promise<void> {
    const { Table: table } = await this.#tables.send(new DescribeTableCommand({ TableName: from }));
    const indexes = (table?.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    }));
    await this.#tables.send(
      new CreateTableCommand({
        TableName: to,
        KeySchema: table?.KeySchema,
        AttributeDefinitions: table?.AttributeDefinitions,
        BillingMode: 'PAY_PER_REQUEST',
        ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
      }),
    );
    await waitUntilTableExists({ client: this.#tables, maxWaitTime: 60 }, { TableName: to });
    await this.replaceItems(to, items);
  }

  async #write(table: string, requests: readonly Record<string, unknown>[]): Promise<void> {
    for (let index = 0; index < requests.length; index += ITEMS_PER_WRITE) {
      const some = requests.slice(index, index + ITEMS_PER_WRITE);
      const { UnprocessedItems: left = {} } = await this.#dynamodb.send(
        new BatchWriteCommand({ RequestItems: { [table]: some } }),
      );
      if (Object.keys(left).length > 0) throw new Error(`${table} takes no more writes now`);
    }
  }

  /** Newest versions of objects, and delete markers. */
  async #listVersions(bucket: string) {
    const versions: { Key: string | undefined }[] = [];
    const markers: { Key: string | undefined; VersionId: string | undefined }[] = [];
    let key: string | undefined;
    let version: string | undefined;
    do {
      const page = await this.#s3.send(
        new ListObjectVersionsCommand({ Bucket: bucket, KeyMarker: key, VersionIdMarker: version }),
      );
      for (const { Key, IsLatest } of page.Versions ?? []) if (IsLatest === true) versions.push({ Key });
      for (const { Key, VersionId, IsLatest } of page.DeleteMarkers ?? [])
        if (IsLatest === true) markers.push({ Key, VersionId });
      ({ NextKeyMarker: key, NextVersionIdMarker: version } = page);
      if (page.IsTruncated !== true) break;
    } while (key !== undefined);
    return { versions, markers };
  }
}

const pickKeys = (item: Item, keys: readonly KeySchemaElement[]) =>
  Object.fromEntries(keys.map(({ AttributeName: name = '' }) => [name, item[name]]));
