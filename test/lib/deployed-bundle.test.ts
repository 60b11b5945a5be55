import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { startSimulatedTenant } from '../../cli/commands/simulated-tenant.ts';
import { formatTenantHosts } from '../../lambdas/platform/tenant-hosts.ts';
import { RUN_METRICS } from '../../lambdas/runs/run-metric-names.ts';
import type { IngestSummary } from '../../lambdas/runs/run-summary.ts';
import { bundleIngestCode } from '../../lib/ingestion/bundled-code.ts';
import { startLocalAws } from '../../local/aws/local-aws.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { type AwsCall, startRecorder } from '../support/aws-recorder.ts';
import { runStates } from '../support/states.ts';
import { concrete, isAllowed, type Request, statementsOf } from './policy.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, readDefinition, resource, synthesise } from './template.ts';

const deployment = synthesise({ tenants: [ACME, { ...ACME, name: 'beta' }] });
const { template } = deployment;
const SECRET = 'ccaip/acme';
const functionArn = (endpoint: string) => `arn:aws:lambda:eu-central-1:123456789012:function:ccaip-${endpoint}`;

const folder = mkdtempSync(join(tmpdir(), 'ccaip-bundle-'));
/** The results and the AWS requests of each endpoint's function. */
const runs = new Map<string, { summaries: IngestSummary[]; calls: AwsCall[]; metrics: string[] }>();
/** The results and the AWS requests of the functions in the backfill that follows. */
const backfill = { slices: [] as Json[], answers: [] as IngestSummary[], calls: [] as AwsCall[] };

/** The answers and the AWS requests of the function of the audit. */
const audit = { answers: [] as Json[], calls: [] as AwsCall[], metrics: [] as string[] };

beforeAll(async () => {
  const centre = await startSimulatedTenant({ days: 1, seats: 6 }, 'acme');
  const local = await startLocalAws(folder, {
    secrets: { [SECRET]: { username: 'simulator', password: 'simulator' } },
  });
  const { environment } = local;
  const recorder = await startRecorder({
    s3: environment.AWS_ENDPOINT_URL_S3 ?? '',
    dynamodb: environment.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    secrets: environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '',
    partitionKey: (table) => (table === environment.METRICS_TABLE ? METRICS_TABLE_KEYS : STATE_TABLE_KEYS).partition,
  });
  const logging = { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' };
  const hosts = { TENANT_HOSTS: formatTenantHosts([centre.tenant]), SECRET_PREFIX: 'ccaip/' };
  const variables = { ...environment, ...recorder.variables, ...logging, ...hosts, METRICS_NAMESPACE: 'ccaip' };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const metrics: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((text) => metrics.push(text));
  const bundle = bundleIngestCode(new Stack(new App(), 'Bundle')).path;
  // every function has separate containers
  const ingest = (name: string) =>
    import(/* @vite-ignore */ `${pathToFileURL(join(bundle, 'ingest.mjs')).href}?${name}`);
  for (const { name } of ENDPOINTS) {
    const { handler } = await ingest(name);
    const summaries: IngestSummary[] = [];
    // the first run has no time left after its first batch, and starts its successor
    for (const timeLeft of [60_000 - 1, 900_000])
      summaries.push(
        await handler(
          {
            endpoint: name,
            tenant: { ...centre.tenant, secretId: SECRET },
            scheduledTime: new Date(centre.now).toISOString(),
          },
          { awsRequestId: name, invokedFunctionArn: functionArn(name), getRemainingTimeInMillis: () => timeLeft },
        ),
      );
    runs.set(name, { summaries, calls: recorder.calls.splice(0), metrics: metrics.splice(0) });
  }
  const { handler: plan } = await import(/* @vite-ignore */ pathToFileURL(join(bundle, 'plan-backfill.mjs')).href);
  const { handler: again } = await ingest('call');
  const invoke = async ({ FunctionName, Payload }: Json) => {
    const event = JSON.parse(JSON.stringify(Payload));
    if (FunctionName === functionArn('backfill')) return { Payload: await plan(event, {}) };
    const context = { awsRequestId: 'backfill', invokedFunctionArn: FunctionName };
    // the first run has time for a page
    const timeLeft = backfill.answers.length > 0 ? 900_000 : 59_999;
    const summary = await again(
      { ...event, tenant: { ...centre.tenant, secretId: SECRET } },
      { ...context, getRemainingTimeInMillis: () => timeLeft },
    );
    backfill.answers.push(summary);
    return { Payload: summary };
  };
  const ago = (hours: number) => new Date(centre.now - hours * 3_600_000).toISOString();
  backfill.slices = await runStates(
    JSON.parse(concrete(template, readDefinition(deployment, 'ccaip-backfill'))),
    { tenant: 'acme', endpoint: 'call', from: ago(24), to: ago(1), sliceHours: 12, concurrency: 1 },
    { services: { 'lambda:invoke': invoke }, context: { Execution: { StartTime: ago(0) } }, entered: [] },
  );
  backfill.calls.push(...recorder.calls.splice(0));
  const { handler: compare } = await import(/* @vite-ignore */ pathToFileURL(join(bundle, 'audit.mjs')).href);
  const s3 = new S3Client({
    endpoint: environment.AWS_ENDPOINT_URL_S3 ?? '',
    ...{ region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  });
  const definition = JSON.parse(readDefinition(deployment, 'ccaip-audit'));
  await runStates(
    definition,
    { from: ago(30), to: ago(0), endpoints: ['agent', 'call'], tenants: ['acme'], heal: false },
    {
      services: {
        'lambda:invoke': async ({ Payload }: Json) => {
          const event = JSON.parse(JSON.stringify(Payload));
          if (event.tenant?.name === 'beta') return { Payload: { next: 'skip' } };
          const tenant = event.tenant && { ...event.tenant, ...centre.tenant, secretId: SECRET };
          const answer = await compare({ ...event, tenant }, { getRemainingTimeInMillis: () => 900_000 });
          audit.answers.push(answer);
          return { Payload: answer };
        },
        // a lake that holds one call
        'athena:startQueryExecution.sync': async ({ QueryString }: Json) => {
          const [Bucket, Key] = [environment.LAKE_BUCKET, 'athena-results/audit/one-call.csv'];
          const at = [ago(20).slice(0, 10), String(Date.parse(ago(20)))];
          const rows = [
            ['kind', 'id', 'dt', 'cursor_time', 'batch', 'has_segments', 'line', 'computed'],
            ...(QueryString.includes('raw_agent') ? [] : [['record', '1', ...at, '1', 'true', '', '']]),
            ...(QueryString.includes('raw_agent') ? [] : [['sample', '1', ...at, '', '', '{}', '{}']]),
          ];
          const Body = rows.map((row) => `${row.map((text) => text && `"${text}"`).join(',')}\n`).join('');
          await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
          return {
            QueryExecution: {
              ResultConfiguration: { OutputLocation: `s3://${Bucket}/${Key}` },
              Statistics: { DataScannedInBytes: 0 },
            },
          };
        },
      },
      context: { Execution: { Name: 'by-hand', StartTime: ago(0) } },
      entered: [],
    },
  );
  audit.calls.push(...recorder.calls.splice(0));
  audit.metrics.push(...metrics.splice(0));
  s3.destroy();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await Promise.all([recorder.close(), local.close(), centre.server.close()]);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const runOf = (endpoint: string) => runs.get(endpoint) ?? { summaries: [], calls: [], metrics: [] };

/** A recorded call as IAM would see it, with the names of the template in place of those of the embedded stores. */
function requestOf({ service, action, target, prefix, leadingKeys }: AwsCall): Request {
  const [, { Environment }] = resource(template, 'AWS::Lambda::Function', { FunctionName: 'ccaip-call' });
  const arnOf = (variable: string) =>
    concrete(template, { 'Fn::GetAtt': [Environment.Variables[variable].Ref, 'Arn'] });
  const local: Record<string, string> = {
    'ccaip-lake': arnOf('LAKE_BUCKET'),
    'ccaip-metrics': arnOf('METRICS_TABLE'),
    'ccaip-state': arnOf('STATE_TABLE'),
    [SECRET]: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:ccaip/acme-AbCdEf',
  };
  const name = Object.keys(local).find((each) => target === each || target.startsWith(`${each}/`)) ?? '';
  return {
    action: `${service}:${action}`,
    resource: service === 'lambda' ? target : `${local[name]}${target.slice(name.length)}`,
    context: {
      ...(service === 'dynamodb' && { 'dynamodb:LeadingKeys': [...leadingKeys] }),
      ...(prefix !== undefined && { 's3:prefix': prefix }),
    },
  };
}

/** Different requests of a function: those that differ in an object's name within its folder are one. */
function requestsOf(endpoint: string): Request[] {
  const requests = runOf(endpoint).calls.map(requestOf);
  const folderOf = ({ action, resource, context }: Request) =>
    JSON.stringify([action, resource.replace(/\/tenant=.*$/, ''), resource.includes('Metrics') ? '' : context]);
  return [...new Map(requests.map((request) => [folderOf(request), request])).values()];
}

describe.each(ENDPOINTS)('the deployed function of $name', ({ name, source, segmentMetrics }) => {
  it('ingests a simulated day', () => {
    const [first, second] = runOf(name).summaries;
    expect(second).toMatchObject({ endpoint: name, tenant: 'acme', outcome: 'done' });
    expect(first?.outcome === 'more' || (second?.records ?? 0) === 0).toBe(true);
  });

  it('writes its metrics to the log', () => {
    for (const text of runOf(name).metrics) expect(JSON.parse(text)).toMatchObject({ endpoint: name, tenant: 'acme' });
    const requests = runOf(name).metrics.flatMap((text) => JSON.parse(text)[RUN_METRICS.requests] ?? []);
    expect(requests.length > 0).toBe(source.kind !== 'nested');
  });

  it('has every permission that it needs', async () => {
    const requests = requestsOf(name);
    expect(requests.map(({ action }) => action)).toEqual(expect.arrayContaining(['dynamodb:UpdateItem']));
    if (source.kind !== 'nested')
      expect(requests.map(({ action }) => action)).toContain('secretsmanager:GetSecretValue');
    if (segmentMetrics) expect(requests.some(({ resource }) => resource.includes('/segments'))).toBe(true);
    const refused: Request[] = [];
    for (const request of requests) if (!(await isAllowed(template, `ccaip-${name}`, request))) refused.push(request);
    expect(refused).toEqual([]);
  });

  it('has no permission for data, functions and credentials of others', async () => {
    const own = new Set(requestsOf(name).map(({ action, resource }) => `${action} ${resource.split('/tenant=')[0]}`));
    const others = ENDPOINTS.filter((other) => other.name !== name)
      .flatMap((other) => requestsOf(other.name))
      .filter(
        ({ action, resource }) =>
          /^(s3:Put|lambda:)/.test(action) && !own.has(`${action} ${resource.split('/tenant=')[0]}`),
      );
    expect(others.length).toBeGreaterThan(5);
    for (const request of others)
      expect([request, await isAllowed(template, `ccaip-${name}`, request)]).toEqual([request, false]);
  });
});

it.each([true, false])('no right on a table is unused by the functions that have it (metrics: %s)', (withMetrics) => {
  const names = ENDPOINTS.filter(({ segmentMetrics }) => segmentMetrics === withMetrics).map(({ name }) => name);
  const used = new Set(
    names.flatMap((name) => requestsOf(name).map(({ action, resource }) => `${action} ${resource}`)),
  );
  const granted = new Set(
    names.flatMap((name) =>
      statementsOf(template, `ccaip-${name}`).flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap((action: string) => [Resource].flat().map((each: string) => `${action} ${each}`)),
      ),
    ),
  );
  const unused = [...granted].filter((each) => each.startsWith('dynamodb:') && !used.has(each));
  expect(unused).toEqual([]);
});

describe('a backfill by the state machine', () => {
  it('reads the day again with the deployed function and continues where it stopped', () => {
    expect(backfill.slices).toHaveLength(2);
    expect(backfill.answers.map(({ outcome }) => outcome)).toEqual(['more', 'done', 'done']);
    expect(backfill.answers.reduce((sum, { records }) => sum + records, 0)).toBeGreaterThan(20);
  });

  it('uses only permissions of the function and starts no successor', async () => {
    const requests = backfill.calls.map(requestOf);
    expect(new Set(requests.map(({ action }) => action))).toContain('s3:PutObject');
    expect(requests.filter(({ action }) => action.startsWith('lambda:'))).toEqual([]);
    for (const request of requests)
      expect([request, await isAllowed(template, 'ccaip-call', request)]).toEqual([request, true]);
  });
});

describe('an audit by the state machine', () => {
  it('compares the platform with what Athena says, and writes the number of missing records to the log', () => {
    const [end] = audit.answers.filter(({ next }) => next === 'end');
    expect(end.summary.missing).toBeGreaterThan(20);
    const [report] = audit.answers.filter(({ missing }) => missing !== undefined);
    expect(report.missing).toBe(end.summary.missing);
    const [written] = audit.metrics.map((text) => JSON.parse(text)).filter((each) => 'MissingRecords' in each);
    expect(written).toMatchObject({ deployment: 'ccaip', MissingRecords: report.missing });
  });

  it('has every permission that it needs, and no right on a table that it does not use', async () => {
    const requests = audit.calls.map(requestOf);
    expect(new Set(requests.map(({ action }) => action))).toEqual(
      new Set([
        ...['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map((action) => `dynamodb:${action}`),
        ...['GetObject', 'ListBucket', 'PutObject'].map((action) => `s3:${action}`),
        'secretsmanager:GetSecretValue',
      ]),
    );
    for (const request of requests)
      expect([request, await isAllowed(template, 'ccaip-audit', request)]).toEqual([request, true]);
  });
});

it('the functions together ingested calls, chats and what is nested in them', () => {
  const recordsOf = (endpoint: string) => runOf(endpoint).summaries.reduce((sum, { records }) => sum + records, 0);
  for (const endpoint of ['call', 'chat', 'agent', 'call_participant', 'agent_status_history'])
    expect(recordsOf(endpoint)).toBeGreaterThan(0);
});

it('the recorded requests cover every service', () => {
  const actions = new Set(
    [...runs.values()].flatMap(({ calls }) => calls.map(({ service, action }) => `${service}:${action}`)),
  );
  expect([...actions].sort()).toEqual([
    'dynamodb:BatchGetItem',
    'dynamodb:GetItem',
    'dynamodb:PartiQLInsert',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'lambda:InvokeFunction',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
    'secretsmanager:GetSecretValue',
  ]);
});
