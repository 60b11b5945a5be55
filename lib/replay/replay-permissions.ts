import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ENDPOINTS } from '../../catalog/index.ts';
import { grantKey, grantState, type Stores } from '../ingestion/ingest-permissions.ts';

/**
 * What the replay function may do: read raw records and quarantine, write what is computed from the former and taken out of the
 * latter. No credential of a tenant.
 */
export function grantReplay(stores: Stores): PolicyStatement[] {
  const { lake, metrics, encryptionKey } = stores;
  const replayed = ENDPOINTS.filter(({ segmentMetrics }) => segmentMetrics).map(({ name }) => name);
  return [
    new PolicyStatement({
      sid: 'ReadRecords',
      actions: ['s3:GetObject'],
      resources: ['segments/*', 'quarantine/*', ...replayed.map((name) => `raw/${name}/*`)].map((keys) =>
        lake.arnForObjects(keys),
      ),
    }),
    // without it S3 does not tell what is missing from what is forbidden
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
    // everything but the rate budgets, whose key is the tenant's name alone
    grantState('State', stores, ['GetItem', 'PutItem', 'UpdateItem', 'Query'], { StringLike: ['*#*'] }),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}
