import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import S3rver from 's3rver';
import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import type { Environment } from '../../lambdas/aws/environment.ts';
import { S3Objects } from '../../lambdas/aws/s3-objects.ts';
import { closeClients } from '../../local/aws/close-clients.ts';
import { createTable } from '../../local/aws/embedded-tables.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS, type TableKeys } from '../../packages/reader/table-keys.ts';
import { close, listen, type Row } from './fake-platform.ts';

const CREDENTIAL = { username: 'acme', password: 'a-secret-token' };

/** Embedded DynamoDB, S3 and Secrets Manager, empty. */
export interface Stores {
  readonly environment: Environment;
  readonly aws: AwsClients;
  /** Environment variables that lead the AWS SDK to these stores. */
  readonly variables: Readonly<Record<string, string>>;
  /** Fresh tables and a fresh bucket on the same servers. */
  readonly fresh: () => Promise<Environment>;
  /** Creates a table that can be used at once. */
  readonly createTable: (name: string, keys: TableKeys) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startStores(): Promise<Stores> {
  const directory = await mkdtemp(join(tmpdir(), 'ccaip-stores-'));
  const dynamo = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const secrets = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ Name: 'ccaip/acme', SecretString: JSON.stringify(CREDENTIAL) }));
  });
  const buckets = Array.from({ length: 400 }, (_, i) => ({ name: `lake-${i}` }));
  const s3 = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory, configureBuckets: buckets });
  const [dynamoUrl, secretsUrl, { port }] = await Promise.all([listen(dynamo), listen(secrets), s3.run()]);
  const s3Url = `http://127.0.0.1:${port}`;
  const access = { region: 'us-east-1', credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' } };
  const client = new DynamoDBClient({ ...access, endpoint: dynamoUrl });
  const s3Objects = new S3Objects(new S3Client({ ...access, endpoint: s3Url, forcePathStyle: true }));
  const aws: AwsClients = {
    dynamodb: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    s3: async () => s3Objects,
    secrets: new SecretsManagerClient({ ...access, endpoint: secretsUrl }),
  };
  let used = 0;
  const fresh = async () => {
    const number = used++;
    const environment = {
      LAKE_BUCKET: `lake-${number}`,
      METRICS_TABLE: `metrics-${number}`,
      STATE_TABLE: `state-${number}`,
    };
    await Promise.all([
      createTable(client, environment.STATE_TABLE, STATE_TABLE_KEYS),
      createTable(client, environment.METRICS_TABLE, METRICS_TABLE_KEYS),
    ]);
    return environment;
  };
  return {
    aws,
    environment: await fresh(),
    variables: {
      AWS_REGION: access.region,
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl,
      AWS_ENDPOINT_URL_S3: s3Url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsUrl,
    },
    fresh,
    createTable: (name, keys) => createTable(client, name, keys),
    close: async () => {
      await closeClients(aws);
      await Promise.all([close(dynamo), close(secrets), s3.close()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Every item of a table. */
export async function itemsOf({ dynamodb }: AwsClients, table: string): Promise<Row[]> {
  const items: Row[] = [];
  let start: Row | undefined;
  do {
    const answer = await dynamodb.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) }),
    );
    items.push(...(answer.Items ?? []));
    start = answer.LastEvaluatedKey;
  } while (start);
  return items;
}

/** An object of the lake as it lies there. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly lines: readonly string[];
  readonly records: readonly Row[];
}

export async function deleteObject({ s3 }: AwsClients, bucket: string, key: string): Promise<void> {
  const { client } = await s3();
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}

/** Every object below a prefix, in the order of the keys. */
export async function objectsOf({ s3: load }: AwsClients, bucket: string, prefix = ''): Promise<StoredObject[]> {
  const { client: s3 } = await load();
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const answer = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
    );
    keys.push(...(answer.Contents ?? []).map(({ Key = '' }) => Key));
    token = answer.NextContinuationToken;
  } while (token);
  return Promise.all(
    keys.sort().map(async (key) => {
      const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      const lines = gunzipSync(body).toString('utf8').split('\n').slice(0, -1);
      return { key, bytes: body.length, lines, records: lines.map((line): Row => JSON.parse(line)) };
    }),
  );
}
