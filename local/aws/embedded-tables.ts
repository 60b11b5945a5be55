import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import type { TableKeys } from '../../packages/reader/table-keys.ts';
import { LocalAwsError } from './local-aws-error.ts';

/**
 * Creates the tables that are missing. All tables are `ACTIVE` when it returns.
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
      const table = await findTable(client, name, folder);
      if (table === undefined) await createTable(client, name, keys);
      else if (!isActive(table)) await finishTable(client, table);
    }
  } finally {
    client.destroy();
  }
}

/**
 * Creates a table and waits until it is `ACTIVE`. The embedded database activates a table after it has answered the request.
 * Until then, every operation on an item fails with `ResourceNotFoundException`.
 */
export async function createTable(client: DynamoDBClient, name: string, keys: TableKeys): Promise<void> {
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
  await waitUntilActive(client, name);
}

/** Describes a table. Returns undefined if it does not exist. */
async function findTable(client: DynamoDBClient, name: string, folder: string): Promise<TableDescription | undefined> {
  try {
    return await describeTable(client, name);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    // the first access opens the store, and LevelDB allows one process per folder
    throw new LocalAwsError(
      `${folder} is in use by another ccaip process. Wait until it has ended, or choose another folder with --dir`,
    );
  }
}

/**
 * Activates a table that an earlier process created but did not activate before it ended. The database has no such operation,
 * but it activates a table when its billing mode changes, which has no other effect here.
 */
async function finishTable(
  client: DynamoDBClient,
  { TableName: name, BillingModeSummary: billing, GlobalSecondaryIndexes: indexes = [] }: TableDescription,
): Promise<void> {
  const throughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
  const updates = indexes.map(({ IndexName }) => ({ Update: { IndexName, ProvisionedThroughput: throughput } }));
  await client.send(
    new UpdateTableCommand({
      TableName: name,
      ...(billing?.BillingMode === 'PAY_PER_REQUEST'
        ? {
            BillingMode: 'PROVISIONED',
            ProvisionedThroughput: throughput,
            ...(updates.length > 0 && { GlobalSecondaryIndexUpdates: updates }),
          }
        : { BillingMode: 'PAY_PER_REQUEST' }),
    }),
  );
  await waitUntilActive(client, name);
}

async function waitUntilActive(client: DynamoDBClient, name: string | undefined): Promise<void> {
  while (!isActive(await describeTable(client, name))) await sleep(1);
}

async function describeTable(client: DynamoDBClient, name: string | undefined): Promise<TableDescription> {
  const { Table: table = {} } = await client.send(new DescribeTableCommand({ TableName: name }));
  return table;
}

const isActive = ({ TableStatus: status, GlobalSecondaryIndexes: indexes = [] }: TableDescription): boolean =>
  status === 'ACTIVE' && indexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE');

function keySchema({ partition, sort }: { partition: string; sort?: string }): KeySchemaElement[] {
  const hash: KeySchemaElement = { AttributeName: partition, KeyType: 'HASH' };
  return sort === undefined ? [hash] : [hash, { AttributeName: sort, KeyType: 'RANGE' }];
}
