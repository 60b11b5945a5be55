import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import { ONE_FOLDER } from '../ingestion/endpoint-ingestion.ts';
import { grantKey, type Stores } from '../ingestion/ingest-permissions.ts';
import { ANY_LOG } from '../security/observe-permissions.ts';
import { QUERY_RESULTS } from '../storage/lake-bucket.ts';

/** Grants the permissions of the function that decides the next step: read the ledgers and store its positions. */
export function grantAsking({ state, encryptionKey }: Stores): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'LedgersAndPositions',
      actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      resources: [state.tableArn],
      conditions: {
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': [
            '#curation',
            ...new Set(listCuratedTables().flatMap(({ endpoints }) => endpoints.map((endpoint) => `*#${endpoint}`))),
          ],
        },
      },
    }),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}

interface AthenaAccess {
  /** Name of the workgroup. */
  readonly workgroup: string;
  readonly database: string;
  readonly stores: Stores;
}

/** Grants the permissions of the state machine: read what the views read and write the curated tables through Athena. */
export function grantAthena(scope: Construct, { workgroup, database, stores }: AthenaAccess): PolicyStatement[] {
  const stack = Stack.of(scope);
  const glue = (resource: string, resourceName?: string) =>
    stack.formatArn({
      service: 'glue',
      resource,
      ...(resourceName === undefined ? { arnFormat: ArnFormat.NO_RESOURCE_NAME } : { resourceName }),
    });
  const { lake, encryptionKey } = stores;
  const tables = listCuratedTables();
  const read = listRawTables()
    .filter(({ prefix }) =>
      tables.some(
        ({ endpoints }) => prefix.startsWith('segments') || endpoints.some((name) => prefix === `raw/${name}`),
      ),
    )
    .map(({ prefix }) => `${prefix}/*`);
  return [
    new PolicyStatement({
      sid: 'Queries',
      actions: ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:StopQueryExecution'],
      resources: [stack.formatArn({ service: 'athena', resource: 'workgroup', resourceName: workgroup })],
    }),
    new PolicyStatement({
      sid: 'ReadCatalog',
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions', 'glue:BatchGetPartition'],
      resources: [glue('catalog'), glue('database', database), glue('table', `${database}/*`)],
    }),
    new PolicyStatement({
      sid: 'WriteCatalog',
      actions: ['glue:CreateTable', 'glue:UpdateTable', 'glue:DeleteTable'],
      resources: [
        glue('catalog'),
        glue('database', database),
        // one pattern instead of a name for each table: a policy has at most 10,240 characters
        glue('table', `${database}/curated_*`),
      ],
    }),
    new PolicyStatement({
      sid: 'ReadLake',
      actions: ['s3:GetObject'],
      resources: [...read, 'curated/*', `${QUERY_RESULTS}*`].map((keys) => lake.arnForObjects(keys)),
    }),
    new PolicyStatement({
      sid: 'WriteTables',
      actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: ['curated/*', `${QUERY_RESULTS}*`].map((keys) => lake.arnForObjects(keys)),
    }),
    new PolicyStatement({
      sid: 'ListLake',
      actions: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
      resources: [lake.bucketArn],
    }),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}

/** Justifies a wildcard in the resources of the state machine's role. */
export function explainWildcard(resource: string): string {
  if (resource === '*') return ANY_LOG;
  if (resource.includes(':table/')) return 'Views read only other tables of the same database.';
  return ONE_FOLDER;
}
