import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { grantKey, grantState, type Stores } from '../ingestion/ingest-permissions.ts';

const ZONES = ['raw/*', 'segments/*', 'quarantine/*', 'drift/*'];

/**
 * Grants the permissions of the replay function: read everything that ingestion wrote to the lake, write computed segments,
 * metrics, requeued records and state. It has no access to credentials of tenants.
 */
export function grantReplay(stores: Stores): PolicyStatement[] {
  const { lake, metrics, encryptionKey } = stores;
  return [
    new PolicyStatement({
      sid: 'ReadRecords',
      actions: ['s3:GetObject'],
      resources: ZONES.map((keys) => lake.arnForObjects(keys)),
    }),
    // a rebuild lists the lake. Without it, S3 also answers 403 instead of 404 for a missing object
    new PolicyStatement({ sid: 'ListLake', actions: ['s3:ListBucket'], resources: [lake.bucketArn] }),
    new PolicyStatement({
      sid: 'WriteLake',
      actions: ['s3:PutObject'],
      resources: ZONES.map((keys) => lake.arnForObjects(keys)),
    }),
    new PolicyStatement({
      sid: 'WriteMetrics',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:PartiQLInsert', 'dynamodb:PutItem'],
      resources: [metrics.tableArn],
    }),
    // all items except the rate budgets, whose key is the tenant's name without an endpoint
    grantState('State', stores, ['BatchGetItem', 'GetItem', 'PartiQLInsert', 'PutItem', 'UpdateItem', 'Query'], {
      StringLike: ['*#*'],
    }),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}
