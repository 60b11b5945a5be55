import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMetricsItem } from '../../lambdas/metrics/metrics-item.ts';
import { segmentCall } from '../../lambdas/segments/segment-record.ts';
import { FINISHED } from '../segments/fixtures/calls.ts';
import { type Stores, startStores } from '../support/test-stores.ts';

/** A downstream function in plain JavaScript, in a separate project. */
const FUNCTION = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { getCallMetrics } from 'ccaip-ingest/reader';

const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const call = await getCallMetrics({ client, table: process.env.METRICS_TABLE }, 'acme', 42);
process.stdout.write(JSON.stringify(call.metrics));
`;

let stores: Stores;
let project: string;
beforeAll(async () => {
  stores = await startStores();
  project = await mkdtemp(join(tmpdir(), 'ccaip-consumer-'));
});
afterAll(async () => {
  await stores.close();
  await rm(project, { recursive: true });
});

it('a function in plain JavaScript reads a call once esbuild has bundled it', async () => {
  const taken = { record: FINISHED, dt: '2019-06-07', extractedAt: '2019-06-07T10:07:00.000Z', batch: '0000000001' };
  const table = stores.environment.METRICS_TABLE;
  await stores.aws.dynamodb.send(
    new PutCommand({ TableName: table, Item: createMetricsItem('acme', segmentCall(taken)) }),
  );
  await mkdir(join(project, 'node_modules'));
  await symlink(resolve('.'), join(project, 'node_modules/ccaip-ingest'));
  await symlink(resolve('node_modules/@aws-sdk'), join(project, 'node_modules/@aws-sdk'));
  await writeFile(join(project, 'function.mjs'), FUNCTION);
  const outfile = join(project, 'bundle.mjs');
  await build({
    entryPoints: [join(project, 'function.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // the runtime of Lambda has the SDK
    external: ['@aws-sdk/*'],
  });
  const env = { ...process.env, ...stores.variables, METRICS_TABLE: table };
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { env });
  expect(JSON.parse(stdout)).toMatchObject({
    talk_time: { seconds: 255, status: 'ok' },
    ring_time: { seconds: 5, status: 'approximate' },
    conference_time: { seconds: null, status: 'not_applicable' },
  });
});
