import diagnostics from 'node:diagnostics_channel';
import { type ClientRequest, createServer, type ServerResponse } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAwsClients } from '../../lambdas/aws/aws-clients.ts';
import { QuickPuts } from '../../lambdas/aws/quick-puts.ts';
import { listen } from '../support/fake-platform.ts';
import { itemsOf, type Stores, startStores } from '../support/test-stores.ts';

const ITEM = {
  call_key: 'acme#7',
  source_updated_at: '2026-03-01',
  nothing: undefined,
  deep: { list: [1, null, 'é"\n'] },
};

const input = (name: string, condition = 'attribute_not_exists(call_key)') => ({
  TableName: name,
  Item: ITEM,
  ConditionExpression: condition,
});

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

describe('a quick put', () => {
  it('writes what the SDK would have written, unless the condition does not hold', async () => {
    const { METRICS_TABLE: name } = await stores.fresh();
    const puts = new QuickPuts(stores.aws.dynamodb);
    expect(await puts.put(input(name))).toBe(true);
    const { nothing: _, ...written } = ITEM;
    expect(await itemsOf(stores.aws, name)).toEqual([written]);
    expect(await puts.put(input(name))).toBe(false);
    const newer = {
      ...input(name, 'source_updated_at < :updated'),
      ExpressionAttributeValues: { ':updated': '2026-04' },
    };
    expect(await puts.put(newer)).toBe(true);
  });

  it('goes where the SDK goes: the environment may say where that is', async () => {
    const { METRICS_TABLE: name } = await stores.fresh();
    for (const [key, value] of Object.entries(stores.variables)) vi.stubEnv(key, value);
    const agents: unknown[] = [];
    const note = (message: unknown) =>
      agents.push((message as { request: ClientRequest }).request.getHeader('user-agent'));
    diagnostics.subscribe('http.client.request.start', note);
    onTestFinished(() => {
      diagnostics.unsubscribe('http.client.request.start', note);
      vi.unstubAllEnvs();
    });
    const { puts } = createAwsClients();
    for (const call_key of ['acme#1', 'acme#2', 'acme#3'])
      expect(await puts?.put({ ...input(name), Item: { call_key } })).toBe(true);
    expect(agents).toEqual([expect.stringContaining('aws-sdk-js'), undefined, undefined]);
  });

  it('throws what the SDK throws', async () => {
    const puts = new QuickPuts(stores.aws.dynamodb);
    await expect(puts.put(input('no-such-table'))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

/** A server in the place of DynamoDB, which the SDK has met. @param answers what each request gets; the last one stays */
async function scripted(...answers: ((response: ServerResponse) => void)[]) {
  const agents: (string | undefined)[] = [];
  // the first request is the SDK's
  let isReady = false;
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const answer = isReady ? answers[Math.min(agents.length, answers.length - 1)] : yes;
      isReady = true;
      agents.push(request.headers['user-agent']);
      answer?.(response);
    });
  });
  const endpoint = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    endpoint,
    credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
    maxAttempts: 2,
  });
  const puts = new QuickPuts(DynamoDBDocumentClient.from(client));
  expect(await puts.put(input('t'))).toBe(true);
  agents.length = 0;
  return { puts, agents };
}

const yes = (response: ServerResponse) => response.end('{}');
const says = (status: number, type: string) => (response: ServerResponse) =>
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
    .end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' }));

describe('without a clear answer', () => {
  it.each([
    ['a throttled table', says(400, 'ProvisionedThroughputExceededException')],
    ['an error of the server', says(500, 'InternalServerError')],
    ['a dropped connection', (response: ServerResponse) => response.destroy()],
    ['an answer cut short', (response: ServerResponse) => response.writeHead(200, { 'content-length': '9' }).destroy()],
  ])('%s: the SDK sends the request again', async (_, unclear) => {
    const { puts, agents } = await scripted(unclear, yes);
    expect(await puts.put(input('t'))).toBe(true);
    expect(agents).toEqual([undefined, expect.stringContaining('aws-sdk-js')]);
  });

  it('the SDK’s word counts, its refusals and its errors', async () => {
    const refused = await scripted(says(500, 'InternalServerError'), says(400, 'ConditionalCheckFailedException'));
    expect(await refused.puts.put(input('t'))).toBe(false);
    const throttled = await scripted(says(400, 'ThrottlingException'));
    await expect(throttled.puts.put(input('t'))).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('again and again, all is left to the SDK', async () => {
    const { puts, agents } = await scripted((response) =>
      agents.at(-1) === undefined ? says(403, 'UnrecognizedClientException')(response) : yes(response),
    );
    for (let i = 0; i < 30; i++) expect(await puts.put(input('t'))).toBe(true);
    expect(agents.filter((agent) => agent === undefined)).toHaveLength(20);
    expect(agents).toHaveLength(50);
  });
});
