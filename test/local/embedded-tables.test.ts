import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTable, createTables } from '../../local/aws/embedded-tables.ts';
import { listenLocally } from '../../local/aws/local-server.ts';
import { METRICS_TABLE_KEYS } from '../../packages/reader/table-keys.ts';

const ITEM = { call_key: 'acme#1', agent_key: 'acme#7', created_at: '2026-03-02T12:00:00Z' };

let folder: string;
const open: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ccaip-tables-'));
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await rm(folder, { recursive: true, force: true });
});

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** Opens the database of the folder. @param delay until a table is active that is created or updated, milliseconds */
async function openDatabase(delay: number) {
  const server = await listenLocally(
    dynalite({ path: folder, createTableMs: delay, deleteTableMs: delay, updateTableMs: delay }),
  );
  const settings = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  };
  const client = new DynamoDBClient({ ...settings, maxAttempts: 1 });
  const close = async () => {
    client.destroy();
    await server.close();
  };
  return { settings, client, close };
}

/** Writes an item of the metrics table and finds it by an index. */
async function putAndQuery(client: DynamoDBClient) {
  const documents = DynamoDBDocumentClient.from(client);
  await documents.send(new PutCommand({ TableName: 'calls', Item: ITEM }));
  const { Items } = await documents.send(
    new QueryCommand({
      TableName: 'calls',
      IndexName: 'by_agent',
      KeyConditionExpression: 'agent_key = :key',
      ExpressionAttributeValues: { ':key': 'acme#7' },
    }),
  );
  return Items;
}

describe('a table of the embedded database', () => {
  it('can be used as soon as it is created, however long the database takes to activate it', async () => {
    const { client, close } = await openDatabase(200);
    open.push(close);
    await createTable(client, 'calls', METRICS_TABLE_KEYS);
    expect(await putAndQuery(client)).toEqual([ITEM]);
  });

  it('that exists is not changed', async () => {
    const { client, settings, close } = await openDatabase(0);
    open.push(close);
    await createTable(client, 'calls', METRICS_TABLE_KEYS);
    await putAndQuery(client);
    await createTables(settings, { calls: METRICS_TABLE_KEYS }, folder);
    expect(await putAndQuery(client)).toEqual([ITEM]);
  });

  it('can be used if earlier processes ended while it was created and while it was activated', async () => {
    const tables = { calls: METRICS_TABLE_KEYS };
    await endAt('CREATING', ({ settings }) => createTables(settings, tables, folder));
    await endAt('UPDATING', ({ settings }) => createTables(settings, tables, folder));
    const { client, settings, close } = await openDatabase(0);
    open.push(close);
    await createTables(settings, tables, folder);
    expect(await putAndQuery(client)).toEqual([ITEM]);
  });
});

/** Opens the database, starts something, and ends when the table has this status. */
async function endAt(status: string, act: (database: Database) => Promise<void>): Promise<void> {
  const database = await openDatabase(3_600_000);
  const acted = act(database).catch((error: unknown) => error);
  const reached = async () => {
    const tables = database.client.send(new DescribeTableCommand({ TableName: 'calls' }));
    return (await tables.catch(() => undefined))?.Table?.TableStatus === status;
  };
  await vi.waitUntil(reached, { timeout: 60_000, interval: 5 });
  await database.close();
  expect(await acted).toBeInstanceOf(Error);
}
