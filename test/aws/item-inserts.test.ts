import { text } from 'node:stream/consumers';
import { BatchExecuteStatementCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { METRICS } from '../../catalog/segment-metrics.ts';
import { ItemInserts, insertStatement } from '../../lambdas/aws/item-inserts.ts';
import { createMetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import { call, DAY, NOW } from '../runs/run-world.ts';
import { serveAnswers } from '../support/canned-answers.ts';

const ITEMS = ['a', 'b', 'c'].map((key) => ({ key }));
const [A, B, C] = ITEMS;

// a test double: only send is ever called
const inserting = (send: () => Promise<object>) =>
  new ItemInserts({ send } as unknown as DynamoDBDocumentClient, 'a-table');

describe('the statement of an item', () => {
  it('has the values as parameters, without undefined ones', () => {
    const item = { call_key: 'acme#1', none: undefined, nothing: null, segments: [{ kind: 'talk' }] };
    expect(insertStatement('ccaip-metrics', item)).toEqual({
      Statement: `INSERT INTO "ccaip-metrics" VALUE {'call_key':?,'nothing':?,'segments':?}`,
      Parameters: [{ S: 'acme#1' }, { NULL: true }, { L: [{ M: { kind: { S: 'talk' } } }] }],
    });
  });

  it('is far shorter than DynamoDB allows for an item with every attribute, in a table with the longest name', () => {
    const [name, limit] = ['x'.repeat(255), 8_192];
    const item = createMetricsItem(
      'acme',
      segmentCall({ record: call(1, 60), dt: DAY, extractedAt: NOW, batch: '0000000001' }),
      30,
    );
    const everything = { ...Object.fromEntries(METRICS.map((metric) => [metric, 1])), ...item };
    expect(Object.keys(everything).length).toBeGreaterThan(METRICS.length + 15);
    expect(insertStatement(name, everything).Statement.length).toBeLessThan(limit / 4);
  });
});

describe('a request of inserts', () => {
  it.each([
    [{ Responses: [{}, {}, {}] }, []],
    [
      { Responses: [{ Error: { Code: 'TransactionConflict' } }, { Error: { Code: 'DuplicateItem' } }, {}] },
      [
        [A, 'TransactionConflict'],
        [B, 'DuplicateItem'],
      ],
    ],
    [{ Responses: [{}, {}, { Error: { Message: 'no code' } }] }, [[C, 'no reason given']]],
  ])('identifies refused items by the position of the answers: %j', async (answer, refused) => {
    expect([...(await inserting(async () => answer).insert(ITEMS))]).toEqual(refused);
  });

  it('counts an item without an answer as refused for now', async () => {
    const code = 'InternalServerError';
    expect([...(await inserting(async () => ({ Responses: [{}] })).insert(ITEMS))]).toEqual([
      [B, code],
      [C, code],
    ]);
    expect([...(await inserting(async () => ({})).insert(ITEMS))]).toEqual(ITEMS.map((item) => [item, code]));
  });

  it('has the same body and headers as the SDK writes', async () => {
    const bodies: Promise<string>[] = [];
    const dynamodb = await serveAnswers((request, response) => {
      bodies.push(text(request));
      response.end('{"Responses":[{},{}]}');
    });
    const client = new DynamoDBClient({
      endpoint: dynamodb.origin,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const items = [
      { call_key: 'acme#1', name: 'Zoë "quoted"\n\u0007\u2028 😀', seconds: 1.5, none: null, late: undefined },
      { call_key: 'acme#2', segments: [{ kind: 'talk', seconds: 2 }, true, []] },
    ];
    expect(await new ItemInserts(client, 'a-table').insert(items)).toEqual(new Map());
    const Statements = items.map((item) => insertStatement('a-table', item));
    await client.send(new BatchExecuteStatementCommand({ Statements }));
    client.destroy();
    const [ours = '', own = ''] = await Promise.all(bodies);
    await dynamodb.close();
    expect(JSON.parse(ours)).toEqual(JSON.parse(own));
    expect(ours).toContain('Zoë');
    const [headers, ownHeaders] = dynamodb.requests.map((request) => request.headers);
    for (const name of ['content-type', 'x-amz-target', 'host']) expect(headers?.[name]).toBe(ownHeaders?.[name]);
    expect(headers?.['content-length']).toBe(String(Buffer.byteLength(ours)));
  });

  it('is not sent without items', async () => {
    const inserts = inserting(() => Promise.reject(new Error('sent')));
    expect([...(await inserts.insert([]))]).toEqual([]);
  });

  it('is sent once to a DynamoDB without PartiQL', async () => {
    let sent = 0;
    const name = 'UnknownOperationException';
    const inserts = inserting(() => {
      sent += 1;
      return Promise.reject(Object.assign(new Error('no PartiQL'), { name }));
    });
    for (let i = 0; i < 3; i++) expect([...(await inserts.insert(ITEMS))]).toEqual(ITEMS.map((item) => [item, name]));
    expect(sent).toBe(1);
  });

  it('fails with the error of the SDK', async () => {
    await expect(inserting(() => Promise.reject(new Error('no connection'))).insert(ITEMS)).rejects.toThrow(
      'no connection',
    );
  });
});
