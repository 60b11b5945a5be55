import { createServer } from 'node:http';
import { BatchExecuteStatementCommand, type BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { TableKeys } from '../../../packages/reader/table-keys.ts';
import { FakeDynamoDb } from '../../chaos/aws/fake-dynamodb.ts';
import { close, listen } from '../../support/fake-platform.ts';

type Attributes = Parameters<typeof unmarshall>[0];

const COMMANDS = { GetItem: GetCommand, PutItem: PutCommand, Query: QueryCommand, UpdateItem: UpdateCommand };

/** What of a request and of an answer is an item or a map of values. */
const TYPED = ['Item', 'Key', 'ExpressionAttributeValues', 'Attributes'];

/**
 * DynamoDB in memory behind HTTP. The embedded one takes a millisecond for an item, more than the function: it would be
 * measured, not the function. The two are tested to behave alike.
 */
export async function startMemoryDynamoDb(
  keys: Readonly<Record<string, TableKeys>>,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const tables = new FakeDynamoDb(keys);
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const operation = String(request.headers['x-amz-target']).split('.')[1];
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    try {
      const input = JSON.parse(Buffer.concat(parts).toString());
      const batch =
        operation === 'BatchGetItem' ? getBatch : operation === 'BatchExecuteStatement' ? insertBatch : null;
      response.end(JSON.stringify(batch?.(tables, input) ?? answer(tables, operation, input)));
    } catch (error) {
      const type = error instanceof Error ? error.name : 'InternalServerError';
      response.statusCode = 400;
      response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: String(error) }));
    }
  });
  return { url: await listen(server), close: () => close(server) };
}

function answer(tables: FakeDynamoDb, operation: string | undefined, input: Record<string, unknown>) {
  const command = new COMMANDS[operation as keyof typeof COMMANDS](eachTyped(input, unmarshall) as never);
  return eachTyped(tables.execute(command), (item) => marshall(item));
}

/** Inserts the items of a batch of statements. */
function insertBatch(tables: FakeDynamoDb, { Statements }: { Statements: BatchStatementRequest[] }) {
  return tables.execute(new BatchExecuteStatementCommand({ Statements }));
}

/** Each item is got for itself. */
function getBatch(
  tables: FakeDynamoDb,
  { RequestItems: requested }: { RequestItems: Record<string, { Keys: unknown[] }> },
) {
  const got = Object.entries(requested).map(([table, { Keys: keys }]) => [
    table,
    keys.flatMap((key) => answer(tables, 'GetItem', { TableName: table, Key: key }).Item ?? []),
  ]);
  return { Responses: Object.fromEntries(got), UnprocessedKeys: {} };
}

/** The same with what is typed in DynamoDB's JSON converted. */
function eachTyped(message: Record<string, unknown>, convert: (value: Attributes) => unknown): Record<string, unknown> {
  const converted = Object.fromEntries(
    TYPED.filter((key) => message[key] !== undefined).map((key) => [key, convert(message[key] as Attributes)]),
  );
  const { Items: items } = message;
  return { ...message, ...converted, ...(Array.isArray(items) && { Items: items.map((item) => convert(item)) }) };
}
