import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { bundleTotalsCode } from '../../lib/ingestion/bundled-code.ts';
import { INGEST_HANDLER } from '../../lib/ingestion/handler-names.ts';
import { DAILY_QUEUE_TOTALS_KEYS } from '../../packages/reader/table-keys.ts';
import { isAllowed, statementsOf } from './policy.ts';
import { type Json, resource, resources, synthesise, text } from './template.ts';

const NAME = 'ccaip-daily-queue-totals';
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab';
const { template, annotations } = synthesise({ dailyQueueTotals: {}, alarmEmail: 'ops@example.com' });
const tableWith = (partition: string): [string, Json] =>
  [...resources(template, 'AWS::DynamoDB::Table')].find(
    ([, { KeySchema }]) => KeySchema[0].AttributeName === partition,
  ) as [string, Json];

it('the example is not deployed by default', () => {
  const plain = synthesise().template;
  const names = [...resources(plain, 'AWS::Lambda::Function').values()].map(({ FunctionName }) => FunctionName);
  expect(names).not.toContain(NAME);
  expect(resources(plain, 'AWS::Lambda::EventSourceMapping').size).toBe(0);
  expect(resources(plain, 'AWS::DynamoDB::Table').size).toBe(2);
});

describe('the function of daily totals', () => {
  const [functionId, lambda] = resource(template, 'AWS::Lambda::Function', { FunctionName: NAME });
  const [totalsId, totals] = tableWith(DAILY_QUEUE_TOTALS_KEYS.partition);
  const [metricsId] = tableWith('call_key');
  const [queueId] = resource(template, 'AWS::SQS::Queue', { QueueName: `${NAME}-failed` });

  it('synthesises without a warning, with its table as an output', () => {
    expect(annotations).toEqual([]);
    expect(text(template.findOutputs('DailyQueueTotalsTable').DailyQueueTotalsTable?.Value)).toBe(`\${${totalsId}}`);
    expect(totals.KeySchema.map(({ AttributeName }: Json) => AttributeName)).toEqual([
      DAILY_QUEUE_TOTALS_KEYS.partition,
      DAILY_QUEUE_TOTALS_KEYS.sort,
    ]);
  });

  it('has the environment that its code checks, by default a service level of 20 seconds', () => {
    expect(lambda).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: INGEST_HANDLER });
    expect(text(lambda.Environment.Variables.TOTALS_TABLE)).toBe(`\${${totalsId}}`);
    expect(lambda.Environment.Variables.SERVICE_LEVEL_SECONDS).toBe('20');
    const other = synthesise({ dailyQueueTotals: { serviceLevelSeconds: 45 } }).template;
    expect(
      resource(other, 'AWS::Lambda::Function', { FunctionName: NAME })[1].Environment.Variables.SERVICE_LEVEL_SECONDS,
    ).toBe('45');
  });

  it('follows the stream from its beginning, bisects failing batches and sends given-up positions to a queue', () => {
    const [, mapping] = resource(template, 'AWS::Lambda::EventSourceMapping');
    expect(mapping).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 30,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      FunctionName: { Ref: functionId },
    });
    expect(text(mapping.EventSourceArn)).toBe(`\${${metricsId}.StreamArn}`);
    expect(text(mapping.DestinationConfig.OnFailure.Destination)).toBe(`\${${queueId}.Arn}`);
    expect(mapping.FilterCriteria.Filters.map(({ Pattern }: Json) => JSON.parse(Pattern))).toEqual([
      { eventName: ['INSERT', 'MODIFY'] },
    ]);
  });

  it('can only follow the stream and keep totals', async () => {
    const may = (action: string, target: string) => isAllowed(template, NAME, { action, resource: target });
    const stream = `\${${metricsId}.Arn}/stream/2026-11-02T00:00:00.000`;
    for (const action of ['DescribeStream', 'GetRecords', 'GetShardIterator'])
      expect(await may(`dynamodb:${action}`, stream)).toBe(true);
    for (const action of ['GetItem', 'PutItem', 'Query'])
      expect(await may(`dynamodb:${action}`, `\${${totalsId}.Arn}`)).toBe(true);
    expect(await may('sqs:SendMessage', `\${${queueId}.Arn}`)).toBe(true);
    for (const action of ['GetItem', 'PutItem', 'Query', 'DeleteItem', 'Scan'])
      expect(await may(`dynamodb:${action}`, `\${${metricsId}.Arn}`)).toBe(false);
    for (const action of ['DeleteItem', 'UpdateItem', 'Scan', 'DeleteTable'])
      expect(await may(`dynamodb:${action}`, `\${${totalsId}.Arn}`)).toBe(false);
    expect(statementsOf(template, NAME).flatMap(({ Resource }) => Resource)).not.toContain('*');
  });

  it('can use the customer managed key through DynamoDB', async () => {
    const withKey = synthesise({ dailyQueueTotals: {}, encryptionKeyArn: KEY }).template;
    const context = { 'kms:ViaService': 'dynamodb.eu-central-1.amazonaws.com' };
    expect(await isAllowed(withKey, NAME, { action: 'kms:Decrypt', resource: KEY, context })).toBe(true);
  });
});

it('its bundle is small, loads without installed packages and names a missing variable', async () => {
  const code = bundleTotalsCode(new Stack(new App(), 'Test'));
  const { handler } = await import(/* @vite-ignore */ pathToFileURL(join(code.path, 'ingest.mjs')).href);
  await expect(handler({ Records: [] })).rejects.toThrow('TOTALS_TABLE');
  expect(readdirSync(code.path)).toContain('ingest.mjs');
  // Node looks for the map that a module names
  const [, { Environment: environment }] = resource(template, 'AWS::Lambda::Function', { FunctionName: NAME });
  expect(environment.Variables.NODE_OPTIONS).toBe('--enable-source-maps');
  expect(readFileSync(join(code.path, 'ingest.mjs'), 'utf8')).toMatch(/sourceMappingURL=ingest\.mjs\.map\s*$/);
});
