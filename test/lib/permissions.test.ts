import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { concrete, isAllowed, statementsOf } from './policy.ts';
import { ACME } from './sample-configuration.ts';
import { resource, resources, synthesise, text } from './template.ts';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab';
const { template } = synthesise({
  tenants: [ACME, { ...ACME, name: 'beta', endpoints: { call: { enabled: false } } }],
});
const withKey = synthesise({ encryptionKeyArn: KEY }).template;

const arnOf = (type: string, values: Record<string, unknown> = {}) => `\${${resource(template, type, values)[0]}.Arn}`;
const tableWith = (partition: string) =>
  `\${${[...resources(template, 'AWS::DynamoDB::Table')].find(([, { KeySchema }]) => KeySchema[0].AttributeName === partition)?.[0]}.Arn}`;
const lake = arnOf('AWS::S3::Bucket');
const state = tableWith('pk');
const metrics = tableWith('call_key');
const secretOf = (tenant: string) =>
  `\${${resource(template, 'AWS::SecretsManager::Secret', { Name: `ccaip/${tenant}` })[0]}}`;
const queue = (name: string) => arnOf('AWS::SQS::Queue', { QueueName: name });

const may =
  (endpoint: string) =>
  (action: string, target: string, leadingKey?: string): Promise<boolean> =>
    isAllowed(template, `ccaip-${endpoint}`, {
      action,
      resource: target,
      ...(leadingKey !== undefined && { context: { 'dynamodb:LeadingKeys': [leadingKey] } }),
    });

const parentsOf = ({ source }: Endpoint) =>
  source.kind === 'nested' ? source.parents.map(({ endpoint }) => endpoint) : [];
const otherThan = (names: readonly string[]) =>
  ENDPOINTS.map(({ name }) => name).filter((name) => !names.includes(name));

describe.each(ENDPOINTS)('the function of $name', (endpoint) => {
  const { name, source, segmentMetrics, channel } = endpoint;
  const allowed = may(name);
  const asks = source.kind !== 'nested';
  const isTail = source.kind === 'tail';
  const [, lambda] = resource(template, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` });

  it('writes only its own raw records, quarantine and drift', async () => {
    for (const zone of ['raw', 'quarantine', 'drift']) {
      expect(
        await allowed('s3:PutObject', `${lake}/${zone}/${name}/tenant=acme/dt=2026-11-01/0000000001-a.ndjson.gz`),
      ).toBe(true);
      for (const other of otherThan([name]))
        expect(await allowed('s3:PutObject', `${lake}/${zone}/${other}/x`)).toBe(false);
    }
    expect(await allowed('s3:PutObject', `${lake}/athena-results/x`)).toBe(false);
    expect(await allowed('s3:PutObject', `${lake}/curated/x`)).toBe(false);
  });

  it(`${channel === undefined ? 'writes no' : 'writes its own'} segments`, async () => {
    const key = 'tenant=acme/dt=2026-11-01/x';
    expect(await allowed('s3:PutObject', `${lake}/segments/${key}`)).toBe(channel === 'call');
    expect(await allowed('s3:PutObject', `${lake}/segments/chat/${key}`)).toBe(channel === 'chat');
  });

  it(`${segmentMetrics ? 'writes' : 'does not write'} metrics`, async () => {
    expect(await allowed('dynamodb:PutItem', metrics)).toBe(segmentMetrics);
    expect(await allowed('dynamodb:PartiQLInsert', metrics)).toBe(segmentMetrics);
  });

  it('reads only the records and ledgers of its parents', async () => {
    for (const parent of parentsOf(endpoint)) {
      expect(await allowed('s3:GetObject', `${lake}/raw/${parent}/tenant=acme/dt=2026-11-01/x`)).toBe(true);
      expect(await allowed('dynamodb:Query', state, `acme#${parent}`)).toBe(true);
      expect(await allowed('dynamodb:PutItem', state, `acme#${parent}`)).toBe(false);
      expect(await allowed('dynamodb:UpdateItem', state, `acme#${parent}`)).toBe(false);
    }
    for (const other of otherThan(parentsOf(endpoint)))
      expect(await allowed('s3:GetObject', `${lake}/raw/${other}/x`)).toBe(false);
    for (const other of otherThan(parentsOf(endpoint)))
      expect(await allowed('dynamodb:Query', state, `acme#${other}`)).toBe(false);
  });

  it('keeps its own ledger, cursor and lease for every tenant', async () => {
    for (const action of ['GetItem', 'PutItem', 'UpdateItem'])
      expect(await allowed(`dynamodb:${action}`, state, `beta#${name}`)).toBe(true);
  });

  it(`${isTail ? 'inserts' : 'does not insert'} the days of its records`, async () => {
    expect(await allowed('dynamodb:PartiQLInsert', state, `beta#${name}`)).toBe(isTail);
    for (const other of otherThan([name]))
      expect(await allowed('dynamodb:PartiQLInsert', state, `beta#${other}`)).toBe(false);
  });

  it(`${asks ? 'shares' : 'has no use for'} the rate budgets, and the credentials of the tenants that run it`, async () => {
    expect(await allowed('dynamodb:UpdateItem', state, 'acme')).toBe(asks);
    expect(await allowed('dynamodb:UpdateItem', state, 'beta')).toBe(asks);
    expect(await allowed('dynamodb:PutItem', state, 'acme')).toBe(false);
    expect(await allowed('secretsmanager:GetSecretValue', secretOf('acme'))).toBe(asks);
    expect(await allowed('secretsmanager:GetSecretValue', secretOf('beta'))).toBe(asks && name !== 'call');
  });

  it('lists only its own raw records', async () => {
    const mayList = (prefix: string) =>
      isAllowed(template, `ccaip-${name}`, {
        action: 's3:ListBucket',
        resource: lake,
        context: { 's3:prefix': prefix },
      });
    expect(await mayList(`raw/${name}/tenant=acme/`)).toBe(true);
    for (const prefix of [
      '',
      'raw/',
      'athena-results/',
      `quarantine/${name}/`,
      ...otherThan([name]).map((each) => `raw/${each}/`),
    ])
      expect([prefix, await mayList(prefix)]).toEqual([prefix, false]);
  });

  it('writes its own log and dead letters', async () => {
    const log = `arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/ccaip-${name}`;
    expect(await allowed('logs:PutLogEvents', `${log}:log-stream:2026`)).toBe(true);
    expect(await allowed('logs:CreateLogGroup', log)).toBe(false);
    expect(await allowed('sqs:SendMessage', queue(`ccaip-${name}-failed`))).toBe(true);
    expect(await allowed('sqs:SendMessage', queue(`ccaip-${name}-undelivered`))).toBe(false);
    for (const other of otherThan([name]))
      expect(await allowed('sqs:SendMessage', queue(`ccaip-${other}-failed`))).toBe(false);
  });

  it('can invoke only itself', async () => {
    const functionArn = (each: string) =>
      `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:ccaip-${each}`;
    expect(await allowed('lambda:InvokeFunction', functionArn(name))).toBe(true);
    for (const other of otherThan([name]))
      expect(await allowed('lambda:InvokeFunction', functionArn(other))).toBe(false);
    expect(lambda.RecursiveLoop).toBe('Allow');
  });

  it.each([
    ['s3:DeleteObject', `${lake}/raw/${name}/x`],
    ['s3:DeleteObjectVersion', `${lake}/raw/${name}/x`],
    ['s3:ListBucket', lake],
    ['s3:PutBucketPolicy', lake],
    ['dynamodb:DeleteItem', state, `acme#${name}`],
    ['dynamodb:Scan', state],
    ['dynamodb:DeleteTable', state],
    ['dynamodb:DeleteItem', metrics],
    ['dynamodb:PartiQLDelete', metrics],
    ['dynamodb:PartiQLSelect', metrics],
    ['dynamodb:PartiQLUpdate', metrics],
    ['dynamodb:PartiQLInsert', `${metrics}/index/by_agent`],
    ['dynamodb:PartiQLInsert', state, 'acme'],
    ['dynamodb:PartiQLUpdate', state, `acme#${name}`],
    ['dynamodb:Scan', metrics],
    ['dynamodb:Query', metrics],
    ['dynamodb:GetItem', metrics],
    ['dynamodb:UpdateItem', metrics],
    ['dynamodb:Query', `${metrics}/index/by_agent`],
    ['secretsmanager:PutSecretValue', secretOf('acme')],
    ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:other-AbCdEf'],
    ['kms:Decrypt', KEY],
    ['sqs:ReceiveMessage', queue(`ccaip-${name}-failed`)],
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/admin'],
    ['sts:AssumeRole', 'arn:aws:iam::123456789012:role/admin'],
  ])('may not %s on %s', async (action, target, leadingKey?: string) => {
    expect(await allowed(action, target, leadingKey)).toBe(false);
  });
});

it('no role has a wildcard except after a prefix in the lake or before an endpoint of the state table', () => {
  for (const { name } of ENDPOINTS)
    for (const { Action, Resource, Condition } of statementsOf(template, `ccaip-${name}`)) {
      expect(Action.filter((action: string) => action.includes('*'))).toEqual([]);
      for (const target of Resource.filter((each: string) => each.includes('*')))
        expect(target).toMatch(
          /^arn:aws:s3:::\w+\/((raw|quarantine|drift)\/\w+\/|segments\/(\w+\/|tenant=)?)\*$|:log-group:[\w/-]+:\*$/,
        );
      for (const key of Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [])
        expect(key).toMatch(/^\*#\w+$/);
      if (Resource.includes(concrete(template, state))) expect(Condition).toBeDefined();
    }
});

it('no role has a managed policy, and no policy is attached from outside', () => {
  for (const role of resources(template, 'AWS::IAM::Role').values()) expect(role.ManagedPolicyArns).toBeUndefined();
  template.resourceCountIs('AWS::IAM::Policy', 0);
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  template.resourceCountIs('AWS::Lambda::Permission', 0);
});

it('every function has its own role, which only Lambda can assume', () => {
  const roles = [...resources(template, 'AWS::Lambda::Function').values()].map(({ Role }) => text(Role));
  expect(new Set(roles).size).toBe(roles.length);
  for (const role of roles)
    expect(
      resources(template, 'AWS::IAM::Role').get(role.slice(2, -'.Arn}'.length)).AssumeRolePolicyDocument.Statement,
    ).toEqual([{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }]);
});

describe('the replay function', () => {
  const allowed = may('replay');

  it('lists the lake and reads what ingestion wrote of all endpoints, and their ledgers', async () => {
    expect(await allowed('s3:ListBucket', lake)).toBe(true);
    for (const { name } of ENDPOINTS) {
      const key = `${name}/tenant=acme/dt=2026-11-01/x`;
      expect(await allowed('s3:GetObject', `${lake}/raw/${key}`)).toBe(true);
      expect(await allowed('s3:GetObject', `${lake}/quarantine/${key}`)).toBe(true);
      expect(await allowed('s3:GetObject', `${lake}/drift/${key}`)).toBe(true);
      expect(await allowed('dynamodb:Query', state, `acme#${name}`)).toBe(true);
    }
  });

  it('writes the state of all endpoints, segments, items, requeued records, and its position and ledger', async () => {
    for (const zone of ['raw/call', 'segments', 'quarantine/call', 'drift/call'])
      expect(await allowed('s3:PutObject', `${lake}/${zone}/tenant=acme/dt=2026-11-01/x`)).toBe(true);
    expect(await allowed('s3:DeleteObject', `${lake}/raw/call/x`)).toBe(false);
    expect(await allowed('dynamodb:BatchGetItem', metrics)).toBe(true);
    for (const action of ['PutItem', 'PartiQLInsert']) expect(await allowed(`dynamodb:${action}`, metrics)).toBe(true);
    expect(await allowed('dynamodb:PartiQLInsert', state, 'acme#call')).toBe(true);
    expect(await allowed('dynamodb:PartiQLInsert', state, 'acme')).toBe(false);
    for (const action of ['PartiQLSelect', 'PartiQLUpdate', 'PartiQLDelete'])
      expect(await allowed(`dynamodb:${action}`, metrics)).toBe(false);
    for (const action of ['PutItem', 'UpdateItem'])
      for (const partition of ['acme#replay-call', 'acme#rebuild-call', 'acme#call', 'acme#agent'])
        expect(await allowed(`dynamodb:${action}`, state, partition)).toBe(true);
  });

  it('has no access to credentials or rate budgets of tenants', async () => {
    expect(await allowed('secretsmanager:GetSecretValue', secretOf('acme'))).toBe(false);
    expect(await allowed('dynamodb:UpdateItem', state, 'acme')).toBe(false);
  });

  it('has no schedule, keeps failed events and can invoke only itself', async () => {
    const [id, lambda] = resource(template, 'AWS::Lambda::Function', { FunctionName: 'ccaip-replay' });
    expect(lambda).toMatchObject({ Handler: 'replay.handler', Timeout: 900, RecursiveLoop: 'Allow' });
    expect(text(lambda.DeadLetterConfig.TargetArn)).toBe(queue('ccaip-replay-failed'));
    expect(await allowed('sqs:SendMessage', queue('ccaip-replay-failed'))).toBe(true);
    for (const { Target } of resources(template, 'AWS::Scheduler::Schedule').values())
      expect(concrete(template, Target.Arn)).not.toBe(concrete(template, `\${${id}.Arn}`));
    const functionArn = (each: string) =>
      `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:ccaip-${each}`;
    expect(await allowed('lambda:InvokeFunction', functionArn('replay'))).toBe(true);
    expect(await allowed('lambda:InvokeFunction', functionArn('call'))).toBe(false);
  });
});

describe('a customer managed key', () => {
  const mayUse = (action: string, context: Record<string, string> = {}) =>
    isAllowed(withKey, 'ccaip-call', { action, resource: KEY, context });
  const through = (service: string) => ({ 'kms:ViaService': `${service}.eu-central-1.amazonaws.com` });

  it('is used through the services that keep the data', async () => {
    for (const service of ['s3', 'dynamodb', 'secretsmanager'])
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'])
        expect(await mayUse(action, through(service))).toBe(true);
  });

  it('cannot be used directly, through other services or for other actions', async () => {
    expect(await mayUse('kms:Decrypt')).toBe(false);
    expect(await mayUse('kms:Decrypt', through('ec2'))).toBe(false);
    for (const action of ['kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'])
      expect(await mayUse(action, through('s3'))).toBe(false);
  });
});

describe('the role of the schedules', () => {
  const [groupId] = resource(template, 'AWS::Scheduler::ScheduleGroup', { Name: 'ccaip' });
  const [schedule] = resources(template, 'AWS::Scheduler::Schedule').values();
  const role = resources(template, 'AWS::IAM::Role').get(text(schedule.Target.RoleArn).slice(2, -'.Arn}'.length));

  it('can be assumed only by the scheduler, for this group', () => {
    expect(role.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': { 'Fn::GetAtt': [groupId, 'Arn'] },
          },
        },
      },
    ]);
  });

  it('can only invoke the functions and store undelivered events', () => {
    const granted = role.Policies.flatMap(
      ({ PolicyDocument }: { PolicyDocument: { Statement: [] } }) => PolicyDocument.Statement,
    ).flatMap(({ Action, Resource }: { Action: string; Resource: [] }) =>
      Resource.map((each) => `${Action} ${text(each)}`),
    );
    expect(granted.sort()).toEqual(
      ENDPOINTS.flatMap(({ name }) => [
        `lambda:InvokeFunction ${arnOf('AWS::Lambda::Function', { FunctionName: `ccaip-${name}` })}`,
        `sqs:SendMessage ${queue(`ccaip-${name}-undelivered`)}`,
      ]).sort(),
    );
  });
});
