import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../catalog/index.ts';
import { unpackStatements } from '../../lambdas/audit/execution/lake-statements.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { call, World } from '../runs/run-world.ts';
import { AuditExecution } from '../support/audit-execution.ts';
import { AuditServices } from '../support/audit-services.ts';
import { Failed, findInvalidStates } from '../support/states.ts';
import { deleteObject, type Stores, startStores } from '../support/test-stores.ts';
import { evaluateAlarm } from './alarm-rule.ts';
import { isAllowed, statementsOf } from './policy.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, readDefinition, resource, resources, synthesise, text } from './template.ts';

const MACHINE = 'ccaip-audit';
const MINUTE = 60_000;
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab';

const deployment = synthesise();
const { template } = deployment;
const definition: Json = JSON.parse(readDefinition(deployment, MACHINE));
const BETA = { ...ACME, name: 'beta', endpoints: { chat: { enabled: false } } };
const two: Json = JSON.parse(readDefinition(synthesise({ tenants: [ACME, BETA] }), MACHINE));

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** A world with calls in three objects, the last of which is not quiet. */
async function ingestCalls(): Promise<World> {
  const world = await World.create(stores);
  const rows = world.platform.rows('/calls');
  for (const minutes of [60, 40, 1]) {
    const at = new Date(world.time.time - minutes * MINUTE).toISOString();
    rows.push({ ...call(rows.length + 1, minutes + 10), updated_at: at });
    await world.ingest('call');
  }
  return world;
}

interface Run extends Partial<Pick<AuditExecution, 'mishap'>> {
  readonly order?: Json;
  readonly definition?: Json;
  readonly name?: string;
}

async function run(world: World, services: AuditServices, options: Run = {}) {
  const { order = { days: 1, endpoints: ['call'] }, name = 'by-hand', mishap } = options;
  const execution = new AuditExecution(options.definition ?? definition, world, services, name);
  if (mishap !== undefined) execution.mishap = mishap;
  const end = await execution.run(order).catch((error: unknown) => error);
  return { end, execution };
}

describe('the state machine of audits', () => {
  it('asks Athena, compares, heals with the function of the endpoint, and reports', async () => {
    const world = await ingestCalls();
    await using services = await AuditServices.open(world);
    const [first] = await world.objects('raw/call/');
    await deleteObject(world.aws, world.environment.LAKE_BUCKET, first?.key ?? '');
    const {
      end,
      execution: { entered, reports },
    } = await run(world, services);
    expect(end).not.toBeInstanceOf(Error);
    expect(entered.filter((state) => ['Query', 'Read', 'Report'].includes(state)).slice(0, 2)).toEqual([
      'Query',
      'Read',
    ]);
    expect(services.answers.at(-1)).toMatchObject({ next: 'end', summary: { missing: 0, healed: 1, proven: 1 } });
    expect(services.reads[0]).toMatchObject({ endpoint: 'call', tenant: { name: 'acme', secretId: 'ccaip/acme' } });
    expect(reports).toEqual([{ report: true, deployment: 'ccaip', tenants: ['acme'] }]);
  });

  it('audits the other endpoints and fails in the end if Athena refuses a query', async () => {
    const world = await ingestCalls();
    await using services = await AuditServices.open(world);
    const order = { days: 1, endpoints: ['agent', 'call'] };
    world.platform.rows('/agents').push({ id: 1, created_at: '2026-01-01T00:00:00Z' });
    await world.ingest('agent');
    const mishap = (service: string, { QueryString }: Json) =>
      service === 'athena' && QueryString.includes('raw_agent') ? new Error('refused') : undefined;
    const {
      end,
      execution: { reports },
    } = await run(world, services, { order, mishap });
    expect(end).toBeInstanceOf(Failed);
    expect(services.answers.at(-1)).toMatchObject({ next: 'failed', summary: { endpoints: 2, proven: 1 } });
    expect(reports).toHaveLength(1);
  });

  it('says that records are missing if their function cannot read them again', async () => {
    const world = await ingestCalls();
    await using services = await AuditServices.open(world);
    const [first] = await world.objects('raw/call/');
    await deleteObject(world.aws, world.environment.LAKE_BUCKET, first?.key ?? '');
    const mishap = (_: string, { FunctionName }: Json) =>
      FunctionName === 'ccaip-call' ? new ConfigurationError('the address is wrong') : undefined;
    const { end } = await run(world, services, { mishap });
    expect(end).toBeInstanceOf(Failed);
    expect(services.answers.at(-1)).toMatchObject({ next: 'failed', summary: { missing: 1, healed: 0 } });
  });

  it('audits the other tenants if one cannot be audited, and only the tenants of the order', async () => {
    const world = await ingestCalls();
    await using services = await AuditServices.open(world);
    const mishap = (_: string, { Payload }: Json) =>
      Payload?.tenant?.name === 'beta' ? new ConfigurationError('no host') : undefined;
    const failed = await run(world, services, { definition: two, mishap });
    expect(failed.end).toBeInstanceOf(Failed);
    expect(services.answers.at(-1)).toMatchObject({ next: 'end', summary: { proven: 1 } });
    const order = { days: 1, endpoints: ['call'], tenants: ['acme'] };
    const only = await run(world, services, { definition: two, order, name: 'other' });
    expect(only.end).not.toBeInstanceOf(Error);
    expect(services.answers.map(({ next }) => next)).toContain('skip');
  });

  it('tries to heal for some minutes only while the platform does not answer', () => {
    const { Retry } = definition.States.Audits.ItemProcessor.States.Read;
    const passing = Retry.find(({ ErrorEquals }: Json) => ErrorEquals.includes('TransientError'));
    const pauses = Array.from({ length: passing.MaxAttempts }, (_, attempt) =>
      Math.min(passing.MaxDelaySeconds, passing.IntervalSeconds * passing.BackoffRate ** attempt),
    );
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThan(600);
  });

  it('knows which endpoints a tenant runs, and where its records are', () => {
    const [acme, beta] = two.States.Tenants.Parameters.places;
    expect(acme.endpoints).toEqual(ENDPOINTS.map(({ name }) => name));
    expect(beta.endpoints).not.toContain('chat');
    expect(acme.tenant).toMatchObject({ name: 'acme', secretId: 'ccaip/acme' });
    const endpoints = { changed_detail: { parents: { call: ['changes[]'] } } };
    const own = synthesise({ tenants: [ACME, { ...ACME, name: 'beta', endpoints }] });
    const { statements } = askIn(JSON.parse(readDefinition(own, MACHINE)));
    const unpacked = unpackStatements(statements);
    expect(Object.keys(unpacked)).toEqual([...ENDPOINTS.map(({ name }) => name), 'beta changed_detail']);
    expect(unpacked['beta changed_detail']?.[0]?.sql).toContain('$.changes');
  });

  it('has valid states, and room for fifty tenants in its payloads and its history', async () => {
    expect(findInvalidStates(definition)).toEqual([]);
    const tenants = Array.from({ length: 50 }, (_, n) => ({ ...ACME, name: `tenant-${n}` }));
    const many = readDefinition(synthesise({ tenants, curation: true }), MACHINE);
    expect(many.length).toBeLessThan(1_000_000);
    const parsed = JSON.parse(many);
    expect(JSON.stringify(askIn(parsed)).length).toBeLessThan(100_000);
    expect(JSON.stringify(parsed.States.Tenants.Parameters).length).toBeLessThan(256 * 1024);
    const world = await ingestCalls();
    const [first] = await world.objects('raw/call/');
    await deleteObject(world.aws, world.environment.LAKE_BUCKET, first?.key ?? '');
    await using services = await AuditServices.open(world);
    const {
      execution: { history },
    } = await run(world, services);
    const events = (state: string) => {
      const starts = history.flatMap((event, index) => (event.stateEnteredEventDetails?.name === state ? [index] : []));
      const from = starts[0] ?? 0;
      return history.slice(from).findIndex((event) => event.stateExitedEventDetails?.name === state) + 1;
    };
    // Athena tells one event more than the interpreter
    const ofEndpoint = events('Ask') + events('WhatIsNext') + events('Query') + 1;
    const ofRun = events('Ask') + events('WhatIsNext') + events('Read');
    expect([ofEndpoint, ofRun]).toEqual([13, 12]);
    const nested = ENDPOINTS.filter(({ source }) => source.kind === 'nested').length;
    const tails = ENDPOINTS.filter(({ source }) => source.kind === 'tail').length;
    // the most runs that heal each of fifty tenants, and their second comparison
    const ofTenant = ofEndpoint * (ENDPOINTS.length + nested + tails) + ofRun * (4 + nested) + 20;
    expect(50 * ofTenant).toBeLessThan(25_000);
  });
});

/** What the state machine sends its function. */
const askIn = ({ States }: Json) => States.Audits.ItemProcessor.States.Ask.Parameters.Payload;

describe('the roles', () => {
  const lake = `\${${resource(template, 'AWS::S3::Bucket')[0]}.Arn}`;
  const tableWith = (partition: string) =>
    `\${${[...resources(template, 'AWS::DynamoDB::Table')].find(([, { KeySchema }]) => KeySchema[0].AttributeName === partition)?.[0]}.Arn}`;
  const [state, metrics] = [tableWith('pk'), tableWith('call_key')];
  const arn = (service: string, name: string) => `arn:aws:${service}:eu-central-1:123456789012:${name}`;
  const may = (kind: 'function' | 'state machine') => (action: string, target: string, leadingKey?: string) =>
    isAllowed(
      template,
      MACHINE,
      {
        action,
        resource: target,
        ...(leadingKey !== undefined && { context: { 'dynamodb:LeadingKeys': [leadingKey] } }),
      },
      kind,
    );
  const [machineMay, functionMay] = [may('state machine'), may('function')];

  it('let the state machine invoke its function and those of the endpoints, and no other', async () => {
    for (const name of ['audit', ...ENDPOINTS.map((endpoint) => endpoint.name)])
      expect([name, await machineMay('lambda:InvokeFunction', arn('lambda', `function:ccaip-${name}`))]).toEqual([
        name,
        true,
      ]);
    for (const name of ['replay', 'backfill', 'watch'])
      expect(await machineMay('lambda:InvokeFunction', arn('lambda', `function:ccaip-${name}`))).toBe(false);
  });

  it('let the state machine read the lake through its own workgroup, and write answers only', async () => {
    expect(await machineMay('athena:StartQueryExecution', arn('athena', 'workgroup/ccaip-audit'))).toBe(true);
    expect(await machineMay('athena:StartQueryExecution', arn('athena', 'workgroup/ccaip'))).toBe(false);
    expect(await machineMay('glue:GetTable', arn('glue', 'table/ccaip/raw_call'))).toBe(true);
    for (const zone of ['raw/call', 'segments', 'quarantine/call', 'coverage/call', 'curated/call'])
      expect([
        zone,
        await machineMay('s3:GetObject', `${lake}/${zone}/x`),
        await machineMay('s3:PutObject', `${lake}/${zone}/x`),
      ]).toEqual([zone, true, false]);
    expect(await machineMay('s3:PutObject', `${lake}/athena-results/audit/x.csv`)).toBe(true);
    expect(await machineMay('s3:PutObject', `${lake}/athena-results/x.csv`)).toBe(false);
    for (const action of ['glue:CreateTable', 'glue:UpdateTable', 'glue:DeleteTable'])
      expect(await machineMay(action, arn('glue', 'table/ccaip/curated_call'))).toBe(false);
  });

  it('give the state machine no access to credentials or state', async () => {
    expect(await machineMay('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:ccaip/acme-AbCdEf'))).toBe(
      false,
    );
    expect(await machineMay('dynamodb:GetItem', state, 'acme#call')).toBe(false);
    expect(await machineMay('states:StartExecution', arn('states', 'stateMachine:ccaip-audit'))).toBe(false);
  });

  it('let the function ask the platforms and read ledgers, sizes and answers', async () => {
    const secret = `\${${resource(template, 'AWS::SecretsManager::Secret', { Name: 'ccaip/acme' })[0]}}`;
    expect(await functionMay('secretsmanager:GetSecretValue', secret)).toBe(true);
    expect(await functionMay('dynamodb:UpdateItem', state, 'acme')).toBe(true);
    for (const action of ['GetItem', 'Query'])
      expect(await functionMay(`dynamodb:${action}`, state, 'acme#call')).toBe(true);
    expect(await functionMay('dynamodb:GetItem', state, '#curation')).toBe(true);
    expect(await functionMay('s3:ListBucket', lake)).toBe(true);
    for (const key of ['athena-results/audit/x.csv', 'audit/tenant=acme/call.json.gz'])
      expect(await functionMay('s3:GetObject', `${lake}/${key}`)).toBe(true);
    expect(await functionMay('dynamodb:Query', `${metrics}/index/by_day`)).toBe(true);
    expect(await functionMay('dynamodb:BatchGetItem', metrics)).toBe(true);
  });

  it('let the function write results only', async () => {
    for (const key of ['coverage/call/x', 'audit/tenant=acme/call.json.gz'])
      expect(await functionMay('s3:PutObject', `${lake}/${key}`)).toBe(true);
    for (const action of ['PutItem', 'UpdateItem'])
      expect(await functionMay(`dynamodb:${action}`, state, 'acme#last-audit')).toBe(true);
    for (const [action, target, key] of [
      ['s3:PutObject', `${lake}/raw/call/x`],
      ['s3:PutObject', `${lake}/athena-results/audit/x.csv`],
      ['s3:GetObject', `${lake}/raw/call/x`],
      ['s3:GetObject', `${lake}/athena-results/x.csv`],
      ['s3:DeleteObject', `${lake}/coverage/call/x`],
      ['dynamodb:PutItem', state, 'acme#call'],
      ['dynamodb:UpdateItem', state, 'acme#call'],
      ['dynamodb:PutItem', metrics],
      ['dynamodb:Query', `${metrics}/index/by_agent`],
      ['lambda:InvokeFunction', arn('lambda', 'function:ccaip-call')],
      ['athena:StartQueryExecution', arn('athena', 'workgroup/ccaip-audit')],
      ['kms:Decrypt', KEY],
    ] as const)
      expect([action, target, await functionMay(action, target, key)]).toEqual([action, target, false]);
  });

  it('have no wildcard in an action', () => {
    for (const kind of ['function', 'state machine'] as const)
      for (const { Action } of statementsOf(template, MACHINE, kind))
        expect(Action.filter((action: string) => action.includes('*'))).toEqual([]);
  });
});

describe('a deployment', () => {
  const schedulesOf = (from: typeof template) =>
    [...resources(from, 'AWS::Scheduler::Schedule').values()].filter(({ Name }) => Name.startsWith('ccaip-audit-'));

  it('audits three days every night and five weeks on Sundays, and heals', () => {
    const schedules = schedulesOf(template);
    expect(schedules.map(({ ScheduleExpression, Target }) => [ScheduleExpression, JSON.parse(Target.Input)])).toEqual([
      ['cron(15 4 ? * MON-SAT *)', { days: 3, heal: true, scheduledTime: '<aws.scheduler.scheduled-time>' }],
      ['cron(15 4 ? * SUN *)', { days: 35, heal: true, scheduledTime: '<aws.scheduler.scheduled-time>' }],
    ]);
    const role = resources(template, 'AWS::IAM::Role').get(
      text(schedules[0]?.Target.RoleArn).slice(2, -'.Arn}'.length),
    );
    expect(role.Policies[0].PolicyDocument.Statement).toMatchObject([{ Action: 'states:StartExecution' }]);
  });

  it('audits as it is configured', () => {
    const own = synthesise({ audit: { nightlyDays: 7, weeklyDays: 90, heal: false, maxRequests: 50 } });
    expect(schedulesOf(own.template).map(({ Target }) => JSON.parse(Target.Input))).toMatchObject([
      { days: 7, heal: false },
      { days: 90, heal: false },
    ]);
    expect(askIn(JSON.parse(readDefinition(own, MACHINE))).requests).toBe(50);
  });

  it('reads curated tables if it has them', () => {
    const curated = askIn(JSON.parse(readDefinition(synthesise({ curation: true }), MACHINE)));
    expect(curated.curated.call).toEqual([
      { table: 'curated_call', zone: 'raw', ledgers: ['call'] },
      { table: 'curated_call_segments', zone: 'segments', ledgers: ['call', 'replay-call'] },
    ]);
    expect(JSON.stringify(unpackStatements(curated.statements).call)).toContain('curated_call');
    const { statements, curated: none } = askIn(definition);
    expect(none).toEqual({});
    expect(JSON.stringify(unpackStatements(statements))).not.toContain('curated_');
  });

  it('has its own workgroup with the scan limit and a folder for answers', () => {
    const [, { WorkGroupConfiguration: settings }] = resource(template, 'AWS::Athena::WorkGroup', { Name: MACHINE });
    expect(settings.BytesScannedCutoffPerQuery).toBe(100e9);
    expect(text(settings.ResultConfiguration.OutputLocation)).toMatch(/\/athena-results\/audit\/$/);
  });

  it('logs and traces the executions, and has an output for the command line', () => {
    const [id, machine] = resource(template, 'AWS::StepFunctions::StateMachine', { StateMachineName: MACHINE });
    expect(machine.TracingConfiguration).toEqual({ Enabled: true });
    expect(machine.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
    expect(template.toJSON().Outputs.AuditStateMachine.Value).toEqual({ Ref: id });
  });

  it('has no part of the audit if it is switched off', () => {
    const off = synthesise({ audit: { enabled: false } }).template;
    expect(JSON.stringify(off.toJSON().Resources)).not.toContain('ccaip-audit');
    expect(schedulesOf(off)).toEqual([]);
  });

  it('raises an alarm while records are missing, until an audit finds none', () => {
    const [, alarm] = resource(template, 'AWS::CloudWatch::Alarm', { AlarmName: 'ccaip-records-missing' });
    expect(alarm).toMatchObject({ MetricName: 'MissingRecords', Namespace: 'ccaip', TreatMissingData: 'ignore' });
    const isOn = (value: number) =>
      evaluateAlarm(alarm, [{ metric: 'MissingRecords', of: 'ccaip', time: 0, value }], 300_000);
    expect([isOn(0), isOn(1)]).toEqual([false, true]);
  });
});
