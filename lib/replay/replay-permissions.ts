import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ENDPOINTS } from '../../catalog/index.ts';
import { grantKey, grantState, type Stores } from '../ingestion/ingest-permissions.ts';

/**
 * Grants the permissions of the replay function: read raw records and quarantine, write computed segments, metrics and
 * requeued records. It has no access to credentials of tenants.
 */
export function grantReplay(stores: Stores): PolicyStatement[] {
  const { lake, metrics, encryptionKey } = stores;
  const replayed = ENDPOINTS.filter(({ channel }) => channel !== undefined).map(({ name }) => name);
  return [
    new PolicyStatement({
      sid: 'ReadRecords',
      actions: ['s3:GetObject'],
      resources: ['segments/*', 'quarantine/*', ...replayed.map((name) => `raw/${name}/*`)].map((keys) =>
        lake.arnForObjects(keys),
      ),
    }),
    // without it, S3 answers 403 instead of 404 for a missing object
    new PolicyStatement({ sid: 'SeeWhatIsMissing', actions: ['s3:ListBucket'], resources: [lake.bucketArn] }),
    new PolicyStatement({
      sid: 'WriteLake',
      actions: ['s3:PutObject'],
      resources: ['raw/*', 'segments/*', 'quarantine/*', 'drift/*'].map((keys) => lake.arnForObjects(keys)),
    }),
    new PolicyStatement({
      sid: 'WriteMetrics',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:PartiQLInsert', 'dynamodb:PutItem'],
      resources: [metrics.tableArn],
    }),
    // all items except the rate budgets, whose key is the tenant's name without an endpoint
    grantState('State', stores, ['BatchGetItem', 'GetItem', 'PutItem', 'UpdateItem', 'Query'], {
      StringLike: ['*#*'],
    }),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}
