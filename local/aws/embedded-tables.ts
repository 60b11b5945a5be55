import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { TableKeys } from '../../packages/reader/table-keys.ts';
import { LocalAwsError } from './local-aws-error.ts';

/**
 * Creates the tables that are missing.
 * @param folder of the database, for the message
 * @throws LocalAwsError if another process has the folder open
 */
export async function createTables(
  settings: DynamoDBClientConfig,
  tables: Readonly<Record<string, TableKeys>>,
  folder: string,
): Promise<void> {
  const client = new DynamoDBClient({ ...settings, maxAttempts: 1 });
  try {
    for (const [name, keys] of Object.entries(tables)) {
      if ((await statusOf(client, name, folder)) !== undefined) continue;
      await createTable(client, name, keys);
      while ((await statusOf(client, name, folder)) !== 'ACTIVE') await sleep(5);
    }
  } finally {
    client.destroy();
  }
}

/** Status of a table; undefined if there is none. */
async function statusOf(client: DynamoDBClient, table: string, folder: string): Promise<string | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
    return Table?.TableStatus;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    // the first access opens the store: LevelDB gives a folder to one process at a time
    throw new LocalAwsError(
      `${folder} is in use by another ccaip process: wait until it has ended, or choose another folder with --dir`,
    );
  }
}

async function createTable(client: DynamoDBClient, name: string, keys: TableKeys): Promise<void> {
  const all = [keys, ...Object.values(keys.indexes)];
  const attributes = new Set(
    all.flatMap(({ partition, sort }) => (sort === undefined ? [partition] : [partition, sort])),
  );
  const indexes: GlobalSecondaryIndex[] = Object.entries(keys.indexes).map(([index, key]) => ({
    IndexName: index,
    KeySchema: keySchema(key),
    Projection: { ProjectionType: 'KEYS_ONLY' },
  }));
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(keys),
      AttributeDefinitions: [...attributes].map((attribute) => ({ AttributeName: attribute, AttributeType: 'S' })),
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
    }),
  );
}

function keySchema({ partition, sort }: { partition: string; sort?: string }): KeySchemaElement[] {
  const hash: KeySchemaElement = { AttributeName: partition, KeyType: 'HASH' };
  return sort === undefined ? [hash] : [hash, { AttributeName: sort, KeyType: 'RANGE' }];
}
