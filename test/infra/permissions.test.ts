import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '../../lambdas/catalog/index.ts';
import { isAllowed, statementsOf } from './policy.ts';
import { ACME } from './sample.ts';
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

const may = (endpoint: string) => {
  const statements = statementsOf(template, `ccaip-${endpoint}`);
  return (action: string, target: string, leadingKey?: string) =>
    isAllowed(statements, {
      action,
      resource: target,
      ...(leadingKey !== undefined && { context: { 'dynamodb:LeadingKeys': leadingKey } }),
    });
};

const parentsOf = ({ source }: Endpoint) =>
  source.kind === 'nested' ? source.parents.map(({ endpoint }) => endpoint) : [];
const otherThan = (names: readonly string[]) =>
  ENDPOINTS.map(({ name }) => name).filter((name) => !names.includes(name));

describe.each(ENDPOINTS)('the function of $name', (endpoint) => {
  const { name, source, segmentMetrics } = endpoint;
  const allowed = may(name);
  const asks = source.kind !== 'nested';
  const [, lambda] = resource(template, 'AWS::Lambda::Function', { FunctionName: `ccaip-${name}` });

  it('writes its own raw records, quarantine and drift, and no other', () => {
    for (const zone of ['raw', 'quarantine', 'drift']) {
      expect(allowed('s3:PutObject', `${lake}/${zone}/${name}/tenant=acme/dt=2026-11-01/0000000001-a.ndjson.gz`)).toBe(
        true,
      );
      for (const other of otherThan([name])) expect(allowed('s3:PutObject', `${lake}/${zone}/${other}/x`)).toBe(false);
    }
    expect(allowed('s3:PutObject', `${lake}/athena-results/x`)).toBe(false);
    expect(allowed('s3:PutObject', `${lake}/curated/x`)).toBe(false);
  });

  it(`${segmentMetrics ? 'writes' : 'does not write'} segments and metrics`, () => {
    expect(allowed('s3:PutObject', `${lake}/segments/tenant=acme/dt=2026-11-01/x`)).toBe(segmentMetrics);
    expect(allowed('dynamodb:PutItem', metrics)).toBe(segmentMetrics);
    expect(allowed('dynamodb:UpdateItem', metrics)).toBe(segmentMetrics);
  });

  it('reads the records and ledgers of its parents, and no other', () => {
    for (const parent of parentsOf(endpoint)) {
      expect(allowed('s3:GetObject', `${lake}/raw/${parent}/tenant=acme/dt=2026-11-01/x`)).toBe(true);
      expect(allowed('dynamodb:Query', state, `acme#${parent}`)).toBe(true);
      expect(allowed('dynamodb:PutItem', state, `acme#${parent}`)).toBe(false);
      expect(allowed('dynamodb:UpdateItem', state, `acme#${parent}`)).toBe(false);
    }
    for (const other of otherThan(parentsOf(endpoint)))
      expect(allowed('s3:GetObject', `${lake}/raw/${other}/x`)).toBe(false);
    for (const other of otherThan([...parentsOf(endpoint), name]))
      expect(allowed('dynamodb:Query', state, `acme#${other}`)).toBe(false);
  });

  it('keeps its own ledger, cursor and lease for every tenant', () => {
    for (const action of ['GetItem', 'PutItem', 'UpdateItem', 'Query'])
      expect(allowed(`dynamodb:${action}`, state, `beta#${name}`)).toBe(true);
  });

  it(`${asks ? 'shares' : 'has no use for'} the rate budgets, and the credentials of the tenants that run it`, () => {
    expect(allowed('dynamodb:UpdateItem', state, 'acme')).toBe(asks);
    expect(allowed('dynamodb:UpdateItem', state, 'beta')).toBe(asks);
    expect(allowed('dynamodb:PutItem', state, 'acme')).toBe(false);
    expect(allowed('secretsmanager:GetSecretValue', secretOf('acme'))).toBe(asks);
    expect(allowed('secretsmanager:GetSecretValue', secretOf('beta'))).toBe(asks && name !== 'call');
  });

  it('writes its own log and dead letters', () => {
    const [log] = resource(template, 'AWS::Logs::LogGroup', { LogGroupName: `/aws/lambda/ccaip-${name}` });
    expect(allowed('logs:PutLogEvents', `\${${log}.Arn}`)).toBe(true);
    expect(allowed('logs:CreateLogGroup', `\${${log}.Arn}`)).toBe(false);
    expect(allowed('sqs:SendMessage', queue(`ccaip-${name}-failed`))).toBe(true);
    expect(allowed('sqs:SendMessage', queue(`ccaip-${name}-undelivered`))).toBe(false);
    for (const other of otherThan([name]))
      expect(allowed('sqs:SendMessage', queue(`ccaip-${other}-failed`))).toBe(false);
  });

  it('starts itself again, and no other', () => {
    const functionArn = (each: string) =>
      `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:ccaip-${each}`;
    expect(allowed('lambda:InvokeFunction', functionArn(name))).toBe(true);
    for (const other of otherThan([name])) expect(allowed('lambda:InvokeFunction', functionArn(other))).toBe(false);
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
    ['dynamodb:Scan', metrics],
    ['dynamodb:Query', metrics],
    ['dynamodb:Query', `${metrics}/index/by_agent`],
    ['secretsmanager:PutSecretValue', secretOf('acme')],
    ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:other'],
    ['kms:Decrypt', KEY],
    ['sqs:ReceiveMessage', queue(`ccaip-${name}-failed`)],
    ['iam:PassRole', '*'],
    ['sts:AssumeRole', '*'],
  ])('may not %s on %s', (action, target, leadingKey?: string) => {
    expect(allowed(action, target, leadingKey)).toBe(false);
  });
});

it('no statement of any role has a wildcard but behind a prefix in the lake or before an endpoint of the state table', () => {
  for (const { name } of ENDPOINTS)
    for (const { Action, Resource, Condition } of statementsOf(template, `ccaip-${name}`)) {
      expect(Action.filter((action: string) => action.includes('*'))).toEqual([]);
      for (const target of Resource.filter((each: string) => each.includes('*')))
        expect(target).toMatch(/^\$\{\w+\.Arn\}\/((raw|quarantine|drift)\/\w+|segments)\/\*$/);
      for (const key of Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? [])
        expect(key).toMatch(/^\*#\w+$/);
      if (Resource.includes(state)) expect(Condition).toBeDefined();
    }
});

it('no role has a managed policy, and no policy is attached from outside', () => {
  for (const role of resources(template, 'AWS::IAM::Role').values()) expect(role.ManagedPolicyArns).toBeUndefined();
  template.resourceCountIs('AWS::IAM::Policy', 0);
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  template.resourceCountIs('AWS::Lambda::Permission', 0);
});

it('every function has a role of its own, which only Lambda can take', () => {
  const roles = [...resources(template, 'AWS::Lambda::Function').values()].map(({ Role }) => text(Role));
  expect(new Set(roles).size).toBe(ENDPOINTS.length);
  for (const role of roles)
    expect(
      resources(template, 'AWS::IAM::Role').get(role.slice(2, -'.Arn}'.length)).AssumeRolePolicyDocument.Statement,
    ).toEqual([{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } }]);
});

describe('a key of the customer', () => {
  const statements = statementsOf(withKey, 'ccaip-call');
  const through = (service: string) => ({ 'kms:ViaService': `${service}.\${AWS::Region}.\${AWS::URLSuffix}` });

  it('is used through the services that keep the data', () => {
    for (const service of ['s3', 'dynamodb', 'secretsmanager'])
      for (const action of ['kms:Decrypt', 'kms:GenerateDataKey'])
        expect(isAllowed(statements, { action, resource: KEY, context: through(service) })).toBe(true);
  });

  it('is not used directly, through others, or to do anything else', () => {
    expect(isAllowed(statements, { action: 'kms:Decrypt', resource: KEY })).toBe(false);
    expect(isAllowed(statements, { action: 'kms:Decrypt', resource: KEY, context: through('ec2') })).toBe(false);
    for (const action of ['kms:CreateGrant', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion'])
      expect(isAllowed(statements, { action, resource: KEY, context: through('s3') })).toBe(false);
  });
});

describe('the role of the schedules', () => {
  const [groupId] = resource(template, 'AWS::Scheduler::ScheduleGroup', { Name: 'ccaip' });
  const [schedule] = resources(template, 'AWS::Scheduler::Schedule').values();
  const role = resources(template, 'AWS::IAM::Role').get(text(schedule.Target.RoleArn).slice(2, -'.Arn}'.length));

  it('is taken by the scheduler, for this group only', () => {
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

  it('invokes the functions and keeps what could not be delivered, nothing else', () => {
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
