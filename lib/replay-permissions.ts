import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ENDPOINTS } from '../lambdas/catalog/index.ts';
import { onState, type Stores, useKey } from './ingest-permissions.ts';

/** What the replay function may do: read raw records, write what is computed from them. No credential of a tenant. */
export function replayPermissions(stores: Stores): PolicyStatement[] {
  const { lake, metrics, encryptionKey } = stores;
  const replayed = ENDPOINTS.filter(({ segmentMetrics }) => segmentMetrics).map(({ name }) => name);
  return [
    new PolicyStatement({
      sid: 'ReadRecords',
      actions: ['s3:GetObject'],
      resources: ['segments/*', ...replayed.map((name) => `raw/${name}/*`)].map((keys) => lake.arnForObjects(keys)),
    }),
    // without it S3 does not tell what is missing from what is forbidden
    new PolicyStatement({ sid: 'SeeWhatIsMissing', actions: ['s3:ListBucket'], resources: [lake.bucketArn] }),
    new PolicyStatement({
      sid: 'WriteSegments',
      actions: ['s3:PutObject'],
      resources: [lake.arnForObjects('segments/*')],
    }),
    new PolicyStatement({
      sid: 'WriteMetrics',
      actions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem'],
      resources: [metrics.tableArn],
    }),
    onState('OwnState', stores, ['PutItem', 'UpdateItem'], { StringLike: replayed.map((name) => `*#replay-${name}`) }),
    onState('ReadLedgers', stores, ['Query'], { StringLike: replayed.map((name) => `*#${name}`) }),
    ...(encryptionKey === undefined ? [] : [useKey(encryptionKey)]),
  ];
}
