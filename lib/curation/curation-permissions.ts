import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { listRawTables } from '../../sql/views/raw-tables.ts';
import { type AthenaPlace, grantLakeListing, grantQueries, listCatalogArns } from '../analytics/athena-permissions.ts';
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

interface LakeAccess extends AthenaPlace {
  readonly stores: Stores;
}

/** Grants the permissions of the state machine: read what the views read and write the curated tables through Athena. */
export function grantAthena(scope: Construct, { stores, ...place }: LakeAccess): PolicyStatement[] {
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
    ...grantQueries(scope, place),
    new PolicyStatement({
      sid: 'WriteCatalog',
      actions: ['glue:CreateTable', 'glue:UpdateTable', 'glue:DeleteTable'],
      // one pattern instead of a name for each table: a policy has at most 10,240 characters
      resources: listCatalogArns(scope, place.database, 'curated_*'),
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
    grantLakeListing(lake),
    ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
  ];
}

/** Justifies a wildcard in the resources of the state machine's role. */
export function explainWildcard(resource: string): string {
  if (resource === '*') return ANY_LOG;
  if (resource.includes(':table/')) return 'Views read only other tables of the same database.';
  return ONE_FOLDER;
}
