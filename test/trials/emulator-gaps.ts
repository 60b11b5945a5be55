import { DescribeContinuousBackupsCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { readOutputs } from './deployed-truth.ts';

/** Behaviour that no request of this trial could show on an emulator. */
const UNSEEN = [
  'schedules were invoked by this trial, not by the scheduler',
  'alarms, dashboard and mail were not observed',
  'permissions are not enforced, unless the endpoint says otherwise',
  'Athena was not asked: curated tables and views were created, not read',
];

/** Compares what the template asks for with what the endpoint has. @returns what it lacks */
export async function findGaps(name: string, region: string): Promise<string[]> {
  const outputs = await readOutputs(name, region);
  const Bucket = outputs.get('LakeBucket');
  const TableName = outputs.get('MetricsTable');
  const s3 = new S3Client({ region, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ region });
  const lifecycle = await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket })).catch(() => undefined);
  const versioning = await s3.send(new GetBucketVersioningCommand({ Bucket })).catch(() => undefined);
  const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket })).catch(() => undefined);
  const table = await dynamodb.send(new DescribeTableCommand({ TableName }));
  const backups = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName })).catch(() => undefined);
  const recovery = backups?.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  const present: readonly [boolean, string][] = [
    [(lifecycle?.Rules ?? []).length > 0, 'the lifecycle rules of the bucket'],
    [versioning?.Status === 'Enabled', 'the versioning of the bucket'],
    [block?.PublicAccessBlockConfiguration?.BlockPublicAcls === true, 'the public access block of the bucket'],
    [recovery === 'ENABLED', 'the point-in-time recovery of tables'],
    [table.Table?.DeletionProtectionEnabled === true, 'the deletion protection of tables'],
    [table.Table?.StreamSpecification?.StreamEnabled === true, 'the stream of the metrics table'],
    [(table.Table?.GlobalSecondaryIndexes ?? []).length === 3, 'the indexes of the metrics table'],
  ];
  return [...present.filter(([isPresent]) => !isPresent).map(([, what]) => what), ...UNSEEN];
}
