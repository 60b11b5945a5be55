import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Where a state machine asks Athena. */
export interface AthenaPlace {
  /** Name of the workgroup. */
  readonly workgroup: string;
  /** Glue database of the tables and views. */
  readonly database: string;
}

/** Creates the ARNs of the Glue catalog, a database and tables in it. @param tables names, or a pattern */
export function listCatalogArns(scope: Construct, database: string, tables = '*'): string[] {
  const stack = Stack.of(scope);
  return [
    stack.formatArn({ service: 'glue', resource: 'catalog', arnFormat: ArnFormat.NO_RESOURCE_NAME }),
    stack.formatArn({ service: 'glue', resource: 'database', resourceName: database }),
    stack.formatArn({ service: 'glue', resource: 'table', resourceName: `${database}/${tables}` }),
  ];
}

/** Grants the permissions to run queries in a workgroup and to read the definitions of tables and views. */
export function grantQueries(scope: Construct, { workgroup, database }: AthenaPlace): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'Queries',
      actions: ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:StopQueryExecution'],
      resources: [Stack.of(scope).formatArn({ service: 'athena', resource: 'workgroup', resourceName: workgroup })],
    }),
    new PolicyStatement({
      sid: 'ReadCatalog',
      actions: ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables', 'glue:GetPartitions', 'glue:BatchGetPartition'],
      resources: listCatalogArns(scope, database),
    }),
  ];
}

/** Grants what Athena needs to know of the bucket that it reads and writes. */
export const grantLakeListing = (lake: { readonly bucketArn: string }): PolicyStatement =>
  new PolicyStatement({
    sid: 'ListLake',
    actions: ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'],
    resources: [lake.bucketArn],
  });
