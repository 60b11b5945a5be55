import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Endpoint, NestedSource } from '../../catalog/index.ts';
import type { AnyBucket, AnyTable } from '../storage/store-types.ts';

/** The stores of ingestion. */
export interface Stores {
  readonly lake: AnyBucket;
  readonly metrics: AnyTable;
  readonly state: AnyTable;
  /**
   * Key that encrypts the stores and the secrets.
   * @default - keys managed by AWS, which need no permission
   */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * Grants the function of an endpoint exactly the permissions it needs.
 * @param secretArns secrets of the tenants that run the endpoint
 */
export function grantIngestion(
  { name, source, segmentMetrics, channel }: Endpoint,
  stores: Stores,
  secretArns: readonly string[],
): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'WriteLake',
      actions: ['s3:PutObject'],
      resources: [
        `raw/${name}/*`,
        `quarantine/${name}/*`,
        `drift/${name}/*`,
        ...(channel === undefined ? [] : [channel === 'call' ? 'segments/tenant=*' : `segments/${channel}/*`]),
      ].map((keys) => stores.lake.arnForObjects(keys)),
    }),
    // the first run looks whether the lake has batches that the state table lacks
    new PolicyStatement({
      sid: 'ListOwnRecords',
      actions: ['s3:ListBucket'],
      resources: [stores.lake.bucketArn],
      conditions: { StringLike: { 's3:prefix': `raw/${name}/*` } },
    }),
    grantState(
      'OwnState',
      stores,
      [...(source.kind === 'tail' ? ['BatchGetItem', 'PartiQLInsert'] : []), 'GetItem', 'PutItem', 'UpdateItem'],
      { StringLike: [`*#${name}`] },
    ),
    ...(segmentMetrics ? [writeMetrics(stores)] : []),
    ...(source.kind === 'nested' ? readParents(source, stores) : grantPlatform(stores, secretArns)),
    ...(stores.encryptionKey === undefined ? [] : [grantKey(stores.encryptionKey)]),
  ];
}

function writeMetrics({ metrics }: Stores): PolicyStatement {
  return new PolicyStatement({
    sid: 'WriteMetrics',
    actions: ['dynamodb:PartiQLInsert', 'dynamodb:PutItem'],
    resources: [metrics.tableArn],
  });
}

/** Nested records are read from the raw objects that the parents' ledgers name. */
function readParents({ parents }: NestedSource, stores: Stores): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'ReadParentsRecords',
      actions: ['s3:GetObject'],
      resources: parents.map(({ endpoint }) => stores.lake.arnForObjects(`raw/${endpoint}/*`)),
    }),
    grantState('ReadParentsLedgers', stores, ['Query'], { StringLike: parents.map(({ endpoint }) => `*#${endpoint}`) }),
  ];
}

/** Grants what requests need: the tenants' credentials and rate budgets, whose keys are the tenants' names. */
export function grantPlatform(stores: Stores, secretArns: readonly string[]): PolicyStatement[] {
  if (secretArns.length === 0) return [];
  return [
    grantState('RateBudget', stores, ['GetItem', 'UpdateItem'], { StringNotLike: ['*#*'] }),
    new PolicyStatement({
      sid: 'Credentials',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [...secretArns],
    }),
  ];
}

/** Limits access to items of the state table by their partition key, `<tenant>#<endpoint>`. */
export function grantState(
  sid: string,
  { state }: Stores,
  actions: readonly string[],
  keys: { readonly [operator in 'StringLike' | 'StringNotLike']?: readonly string[] },
): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [state.tableArn],
    conditions: Object.fromEntries(
      Object.entries(keys).map(([operator, patterns]) => [
        `ForAllValues:${operator}`,
        { 'dynamodb:LeadingKeys': patterns },
      ]),
    ),
  });
}

/** Allows use of a customer's key through the storage services, never directly. */
export function grantKey(key: IKey): PolicyStatement {
  const { region, urlSuffix } = Stack.of(key);
  return new PolicyStatement({
    sid: 'EncryptionKey',
    actions: ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
      (action) => `kms:${action}`,
    ),
    resources: [key.keyArn],
    conditions: {
      StringEquals: {
        'kms:ViaService': ['dynamodb', 's3', 'secretsmanager'].map((service) => `${service}.${region}.${urlSuffix}`),
      },
    },
  });
}
