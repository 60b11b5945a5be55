import { BatchExecuteStatementCommand, CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { insertStatement } from '../../lambdas/aws/item-inserts.ts';
import { FakeDynamoDb } from './aws/fake-dynamodb.ts';

/**
 * Address of Amazon's DynamoDB Local: what is expected here is what it answers, version 1.25.1. Without an address only the fake is
 * asked.
 */
const { DYNAMODB_LOCAL_URL: url } = process.env;

const LARGE = 'x'.repeat(410_000);
const DEEP = { list: [1, -0.125, null, 'é"\n', { empty: [], map: {} }], true: true, null: null, number: 12.5 };
const attributes = (count: number, length: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [String(i).padStart(length, 'a'), i]));

interface Case {
  readonly what: string;
  /** Items of a request; a text is taken as the statement. */
  readonly request: readonly (object | string)[];
  /** Code of each statement, `null` where it succeeds; or the name of the error of the whole request. */
  readonly answer: readonly (string | null)[] | string;
}

// in this order: each finds the items of those before it
const CASES: readonly Case[] = [
  { what: 'items that are new', request: [{ call_key: 'a#1', DEEP }, { call_key: 'a#2' }], answer: [null, null] },
  {
    what: 'an item that is there beside a new one',
    request: [{ call_key: 'a#1', n: 2 }, { call_key: 'a#3' }],
    answer: ['DuplicateItem', null],
  },
  { what: 'the same item', request: [{ call_key: 'a#1', DEEP }], answer: ['DuplicateItem'] },
  {
    what: 'an item beyond 400 kB',
    request: [{ call_key: 'a#4', LARGE }, { call_key: 'a#5' }],
    answer: ['ValidationError', null],
  },
  { what: 'an item without its key', request: [{ n: 1 }, { call_key: 'a#6' }], answer: ['ValidationError', null] },
  { what: 'an empty key', request: [{ call_key: '' }], answer: ['ValidationError'] },
  { what: 'a key of another type', request: [{ call_key: 7 }], answer: ['ValidationError'] },
  {
    what: 'a text that is no statement',
    request: ['INSERT INTO nonsense', { call_key: 'a#7' }],
    answer: ['ValidationError', null],
  },
  {
    what: 'a table that is not there',
    request: [`INSERT INTO "other" VALUE {'call_key':?}`, { call_key: 'a#8' }],
    answer: ['ResourceNotFound', null],
  },
  { what: 'undefined attributes', request: [{ call_key: 'a#9', none: undefined }], answer: [null] },
  { what: 'many attributes', request: [{ call_key: 'a#10', ...attributes(300, 20) }], answer: [null] },
  {
    what: 'a text beyond 8,192 characters',
    request: [{ call_key: 'a#11', ...attributes(300, 30) }, { call_key: 'a#12' }],
    answer: 'ValidationException',
  },
  {
    what: '26 items',
    request: Array.from({ length: 26 }, (_, i) => ({ call_key: `b#${i}` })),
    answer: 'ValidationException',
  },
  { what: 'no item', request: [], answer: 'ValidationException' },
  {
    what: '25 large items',
    request: Array.from({ length: 25 }, (_, i) => ({ call_key: `c#${i}`, large: LARGE.slice(0, 400_000) })),
    answer: Array.from({ length: 25 }, () => null),
  },
];

type Send = (command: BatchExecuteStatementCommand | ScanCommand) => Promise<Record<string, unknown>>;

async function answerOf(send: Send, table: string, request: Case['request']): Promise<Case['answer']> {
  const Statements = request.map((each) =>
    typeof each === 'string' ? { Statement: each, Parameters: [{ S: 'a#0' }] } : insertStatement(table, each),
  );
  try {
    const { Responses } = await send(new BatchExecuteStatementCommand({ Statements }));
    return Object(Responses).map((response: { Error?: { Code: string } }) => response.Error?.Code ?? null);
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

/** What the cases give, and what the table holds then. */
async function outcomes(send: Send, table: string) {
  const answers: Record<string, Case['answer']> = {};
  for (const { what, request } of CASES) answers[what] = await answerOf(send, table, request);
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await send(new ScanCommand({ TableName: table, ExclusiveStartKey: start }));
    items.push(...Object(page.Items));
    start = page.LastEvaluatedKey as typeof start;
  } while (start !== undefined);
  return { answers, items: Object.fromEntries(items.map((item) => [String(item.call_key), item])) };
}

const EXPECTED = Object.fromEntries(CASES.map(({ what, answer }) => [what, answer]));
const KEYS = { metrics: { partition: 'call_key', indexes: {} } };

async function outcomesOfFake() {
  const fake = new FakeDynamoDb(KEYS);
  return outcomes(async (command) => fake.execute(command), 'metrics');
}

describe('batches of inserts', () => {
  it('are answered by the fake as DynamoDB Local does', async () => {
    const { answers, items } = await outcomesOfFake();
    expect(answers).toEqual(EXPECTED);
    expect(items['a#1']).toEqual({ call_key: 'a#1', DEEP });
    expect(Object.keys(items)).toHaveLength(9 + 25);
  });

  it.skipIf(url === undefined)('are answered by DynamoDB Local in the same way, and leave the same items', async () => {
    const table = `metrics.${Date.now()}-x`;
    const client = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: url ?? '',
      credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
    });
    onTestFinished(() => client.destroy());
    await client.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'call_key', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'call_key', AttributeType: 'S' }],
      }),
    );
    const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
    const { answers, items } = await outcomes(
      async (command) => ({ ...(await documents.send(command as ScanCommand)) }),
      table,
    );
    expect(answers).toEqual(EXPECTED);
    expect(items).toEqual((await outcomesOfFake()).items);
  });

  it('can fail statement by statement, before or after an item is written', () => {
    const fake = new FakeDynamoDb(KEYS);
    const faults = [
      undefined,
      { code: 'ThrottlingError', isDone: false },
      { code: 'InternalServerError', isDone: true },
      { code: 'InternalServerError', isDone: true },
    ] as const;
    const written: unknown[] = [];
    let asked = 0;
    const Statements = ['a', 'b', 'c', 'known'].map((call_key) => insertStatement('metrics', { call_key }));
    fake.execute(new BatchExecuteStatementCommand({ Statements: [insertStatement('metrics', { call_key: 'known' })] }));
    const { Responses } = fake.execute(
      new BatchExecuteStatementCommand({ Statements }),
      ({ after }) => written.push(after.call_key),
      () => faults[asked++],
    );
    expect(Object(Responses).map((response: { Error?: { Code: string } }) => response.Error?.Code)).toEqual([
      undefined,
      'ThrottlingError',
      'InternalServerError',
      'DuplicateItem',
    ]);
    expect(written).toEqual(['a', 'c']);
    expect(fake.items('metrics')).toEqual([{ call_key: 'a' }, { call_key: 'c' }, { call_key: 'known' }]);
  });
});
