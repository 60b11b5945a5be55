import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AUDIT } from '../../lambdas/aws/state-keys.ts';
import { type AthenaPlace, grantLakeListing, grantQueries } from '../analytics/athena-permissions.ts';
import { grantKey, grantPlatform, grantState, type Stores } from '../ingestion/ingest-permissions.ts';
import { QUERY_RESULTS } from '../storage/lake-bucket.ts';

/** Folder for the results of audit queries. */
export const AUDIT_RESULTS = `${QUERY_RESULTS}audit/`;

/**
 * Grants the permissions of the function that compares: ask the platforms, read ledgers, sizes of objects and results of queries, and
 * write what an audit finds. It cannot read or write records.
 */
export function grantComparing(stores: Stores, secretArns: readonly string[]): PolicyStatement[] {
  const { lake, metrics, encryptionKey } = stores;
  return [
    new PolicyStatement({
      sid: 'ReadAnswers',
      actions: ['s3:GetObject'],
      resources: [`${AUDIT_RESULTS}*`, 'audit/*'].map((keys) => lake.arnForObjects(keys)),
    }),
    new PolicyStatement({ sid: 'ReadSizes', actions: ['s3:ListBucket'], resources: [lake.bucketArn] }),
    new PolicyStatement({
      sid: 'WriteResults',
      actions: ['s3:PutObject'],
      resources: ['coverage/*', 'audit/*'].map((keys) => lake.arnForObjects(keys)),
    }),
    new PolicyStatement({
      sid: 'ReadMetrics',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:Query'],
      resources: [metrics.tableArn, `${metrics.tableArn}/index/by_day`],
    }),
    grantState('ReadLedgers', stores, ['GetItem', 'Query'], { StringLike: ['*#*'] }),
    grantState('Progress', stores, ['PutItem', 'UpdateItem'], { StringLike: [`*#${AUDIT}`] }),
    ...grantPlatform(stores, secretArns),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}

interface LakeAccess extends AthenaPlace {
  readonly stores: Stores;
}

/** Grants the permissions of the state machine: read the lake through Athena. It writes results of its queries only. */
export function grantLakeQueries(scope: Construct, { stores, ...place }: LakeAccess): PolicyStatement[] {
  const { lake, encryptionKey } = stores;
  const read = ['raw', 'segments', 'quarantine', 'coverage', 'curated'].map((zone) => `${zone}/*`);
  return [
    ...grantQueries(scope, place),
    new PolicyStatement({
      sid: 'ReadLake',
      actions: ['s3:GetObject'],
      resources: [...read, `${AUDIT_RESULTS}*`].map((keys) => lake.arnForObjects(keys)),
    }),
    new PolicyStatement({
      sid: 'WriteAnswers',
      actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: [lake.arnForObjects(`${AUDIT_RESULTS}*`)],
    }),
    grantLakeListing(lake),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}
