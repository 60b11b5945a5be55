import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS, type TableKeys } from '../../packages/reader/table-keys.ts';
import { ACME } from './sample-configuration.ts';
import { type Json, resource, resources, synthesise, text } from './template.ts';

const { template } = synthesise();
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-0123-4567-89ab-0123456789ab';
const withKey = synthesise({ encryptionKeyArn: KEY, retainData: false }).template;

describe('the lake bucket', () => {
  const [bucketId, bucket] = resource(template, 'AWS::S3::Bucket');

  it('is closed to the public, versioned, encrypted and kept', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
    });
  });

  it.each([
    ['unencrypted requests', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['TLS below 1.2', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
  ])('refuses %s', (_, Condition) => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: bucketId },
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Action: 's3:*', Principal: { AWS: '*' }, Condition }),
        ]),
      },
    });
  });

  it('expires only quarantine, query results and noncurrent versions', () => {
    const expiring = bucket.LifecycleConfiguration.Rules.filter((rule: Json) => rule.ExpirationInDays !== undefined);
    expect(expiring.map(({ Prefix, ExpirationInDays }: Json) => [Prefix, ExpirationInDays])).toEqual([
      ['quarantine/', 90],
      ['athena-results/', 30],
    ]);
  });

  it('keeps raw records and segments for the configured time in the configured storage class', () => {
    const { template: thrifty } = synthesise({
      rawStorageClass: 'glacier-instant-retrieval',
      rawTransitionDays: 60,
      rawRetentionDays: 900,
      segmentsRetentionDays: 400,
      formerVersionRetentionDays: 7,
    });
    const { Rules } = resource(thrifty, 'AWS::S3::Bucket')[1].LifecycleConfiguration;
    const ruleOf = (id: string) => Rules.find(({ Id }: Json) => Id === id);
    expect(ruleOf('raw-storage-class')).toMatchObject({
      Prefix: 'raw/',
      Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 60 }],
    });
    expect(ruleOf('raw')).toMatchObject({ Prefix: 'raw/', ExpirationInDays: 900 });
    expect(ruleOf('segments')).toMatchObject({ Prefix: 'segments/', ExpirationInDays: 400 });
    expect(ruleOf('former-versions-and-unfinished-uploads').NoncurrentVersionExpiration).toEqual({ NoncurrentDays: 7 });
  });

  it('can be encrypted with a customer managed key', () => {
    expect(resource(withKey, 'AWS::S3::Bucket')[1].BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY } },
    ]);
  });
});

describe.each([
  [
    'metrics',
    METRICS_TABLE_KEYS,
    { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    { AttributeName: 'expires_at', Enabled: true },
  ],
  ['state', STATE_TABLE_KEYS, undefined, undefined],
])('the %s table', (name, keys: TableKeys, stream, timeToLive) => {
  const find = (from: typeof template) =>
    [...resources(from, 'AWS::DynamoDB::Table')].filter(
      ([, { KeySchema }]) => KeySchema[0].AttributeName === keys.partition,
    )[0] as [string, Json];
  const [id, table] = find(template);
  const schema = ({ partition, sort }: { partition: string; sort?: string }) => [
    { AttributeName: partition, KeyType: 'HASH' },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
  ];

  it('has the keys and indexes that the functions use, all of type string', () => {
    expect(table.KeySchema).toEqual(schema(keys));
    expect((table.GlobalSecondaryIndexes ?? []).map((index: Json) => [index.IndexName, index.KeySchema])).toEqual(
      Object.entries(keys.indexes).map(([index, key]) => [index, schema(key)]),
    );
    for (const index of table.GlobalSecondaryIndexes ?? [])
      expect(index.Projection).toEqual({ ProjectionType: 'KEYS_ONLY' });
    expect(new Set(table.AttributeDefinitions.map(({ AttributeType }: Json) => AttributeType))).toEqual(new Set(['S']));
  });

  it('is on demand, encrypted and has point-in-time recovery', () => {
    expect(table.BillingMode).toBe('PAY_PER_REQUEST');
    expect(table.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
    expect(table.SSESpecification).toEqual({ SSEEnabled: true });
  });

  it('is kept and protected from deletion, unless the configuration says otherwise', () => {
    const all = template.findResources('AWS::DynamoDB::Table');
    expect([all[id]?.DeletionPolicy, all[id]?.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    expect(table.DeletionProtectionEnabled).toBe(true);
    const [disposableId, disposable] = find(withKey);
    expect(withKey.findResources('AWS::DynamoDB::Table')[disposableId]?.DeletionPolicy).toBe('Delete');
    expect(disposable.DeletionProtectionEnabled).toBe(false);
  });

  it(`has the stream and the time to live of ${name}`, () => {
    expect(table.StreamSpecification).toEqual(stream);
    expect(table.TimeToLiveSpecification).toEqual(timeToLive);
  });

  it('can be encrypted with a customer managed key', () => {
    expect(find(withKey)[1].SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY });
  });
});

it('bucket and tables have the configured names', () => {
  const names = { lakeBucket: 'acme-lake', metricsTable: 'call-metrics', stateTable: 'ingest-state' };
  const { template: named } = synthesise({ names });
  expect(resource(named, 'AWS::S3::Bucket')[1].BucketName).toBe('acme-lake');
  expect([...resources(named, 'AWS::DynamoDB::Table').values()].map(({ TableName }) => TableName)).toEqual([
    'call-metrics',
    'ingest-state',
  ]);
});

describe('the secret of a tenant', () => {
  it('exists for every tenant and is empty', () => {
    const { template: two } = synthesise({ tenants: [ACME, { ...ACME, name: 'beta' }] });
    const secrets = [...resources(two, 'AWS::SecretsManager::Secret').values()];
    expect(secrets.map(({ Name }) => Name)).toEqual(['ccaip/acme', 'ccaip/beta']);
    for (const secret of secrets) expect(Object.keys(secret).sort()).toEqual(['Description', 'Name']);
  });

  it('can be encrypted with a customer managed key', () => {
    expect(resource(withKey, 'AWS::SecretsManager::Secret')[1].KmsKeyId).toBe(KEY);
  });
});

describe('the outputs', () => {
  it('have what users and the command line need', () => {
    const outputs = template.findOutputs('*');
    expect(Object.keys(outputs).sort()).toEqual([
      'AuditStateMachine',
      'BackfillStateMachine',
      'Database',
      'LakeBucket',
      'MetricsStream',
      'MetricsTable',
      'Secrets',
      'Settings',
      'StateTable',
      'Workgroup',
    ]);
    expect(outputs.Secrets?.Value).toBe('ccaip/acme');
    expect(text(outputs.LakeBucket?.Value)).toBe(`\${${resource(template, 'AWS::S3::Bucket')[0]}}`);
  });
});

describe('adopted stores', () => {
  const names = { lakeBucket: 'old-lake', metricsTable: 'old-metrics', stateTable: 'old-state' };
  const adopted = synthesise({ names, adopt: ['lakeBucket', 'metricsTable', 'stateTable'], curation: true });

  it('are used by functions, permissions and tables of Athena, and not created', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::DynamoDB::Table'])
      expect([type, resources(adopted.template, type).size]).toEqual([type, 0]);
    const [, { Environment }] = resource(adopted.template, 'AWS::Lambda::Function', { FunctionName: 'ccaip-call' });
    expect(Environment.Variables).toMatchObject({
      LAKE_BUCKET: 'old-lake',
      METRICS_TABLE: 'old-metrics',
      STATE_TABLE: 'old-state',
    });
    const roles = JSON.stringify([...resources(adopted.template, 'AWS::IAM::Role').values()]);
    for (const part of [':s3:::old-lake/raw/call/*', ':table/old-metrics', ':table/old-state'])
      expect(roles).toContain(part);
    expect(JSON.stringify([...resources(adopted.template, 'AWS::Glue::Table').values()])).toContain(
      's3://old-lake/raw/',
    );
  });

  it('have no note that they would be empty', () => {
    expect(adopted.notes).toEqual([]);
    expect(synthesise({ names, adopt: ['lakeBucket'] }).notes).toHaveLength(2);
  });
});
