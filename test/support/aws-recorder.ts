import { createServer, type IncomingMessage, request as send } from 'node:http';
import { close, listen } from './fake-platform.ts';

/** A request that an AWS client sent, as far as IAM looks at it. */
export interface AwsCall {
  readonly service: 's3' | 'dynamodb' | 'secretsmanager' | 'lambda';
  readonly action: string;
  /** Bucket and key, table or index, secret, function: by the names of the client. */
  readonly target: string;
  /** Prefix of the keys that a list of a bucket asks for. @default - it is no list */
  readonly prefix?: string;
  /** Partition keys that a call to DynamoDB names. */
  readonly leadingKeys: readonly string[];
}

const S3_ACTIONS: Record<string, string> = {
  PUT: 'PutObject',
  GET: 'GetObject',
  HEAD: 'GetObject',
  DELETE: 'DeleteObject',
};

/** What an S3 request asks for; addresses have the bucket in their path. */
function s3Call({ method = '', url = '' }: IncomingMessage): AwsCall {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const [bucket = '', ...key] = decodeURIComponent(pathname.slice(1))
    .split('/')
    .filter((part) => part !== '');
  const target = [bucket, ...key].join('/');
  if (key.length > 0) return { service: 's3', action: S3_ACTIONS[method] ?? method, target, leadingKeys: [] };
  return { service: 's3', action: 'ListBucket', target, prefix: searchParams.get('prefix') ?? '', leadingKeys: [] };
}

const operationOf = ({ headers }: IncomingMessage) => String(headers['x-amz-target']).split('.').at(-1) ?? '';

interface Statement {
  readonly Statement: string;
  readonly Parameters: readonly { readonly S?: string }[];
}

/** IAM looks at what the statements do, not at the operation that brings them; those of a request here all insert into one table. */
function insertCall(statements: readonly Statement[], partitionKey: (table: string) => string): AwsCall {
  const inserts = statements.map(({ Statement, Parameters }) => {
    const [, table, list] = /^INSERT INTO "([^"]+)" VALUE \{(.*)\}$/.exec(Statement) ?? [];
    if (table === undefined || list === undefined) throw new Error(`not an insert: ${Statement}`);
    return { table, partition: Parameters[list.split(',').indexOf(`'${partitionKey(table)}':?`)]?.S };
  });
  const [target = '', ...others] = new Set(inserts.map(({ table }) => table));
  if (others.length > 0) throw new Error(`one request inserts into ${target} and ${others.join(', ')}`);
  const leadingKeys = inserts.flatMap(({ partition = [] }) => partition);
  return { service: 'dynamodb', action: 'PartiQLInsert', target, leadingKeys };
}

/** Items of one table, by their keys. */
function readCall(
  action: string,
  requested: Readonly<Record<string, { readonly Keys: readonly Record<string, { readonly S: string }>[] }>>,
  partitionKey: (table: string) => string,
): AwsCall {
  const [[target = '', { Keys: keys = [] } = {}] = [], ...others] = Object.entries(requested);
  if (others.length > 0) throw new Error(`one request reads from ${target} and ${others.length} other tables`);
  const partitions = new Set(keys.flatMap((key) => key[partitionKey(target)]?.S ?? []));
  return { service: 'dynamodb', action, target, leadingKeys: [...partitions] };
}

/** @param partitionKey attribute that is the partition key of a table */
function dynamodbCall(request: IncomingMessage, body: string, partitionKey: (table: string) => string): AwsCall {
  const { TableName, IndexName, Key, Item, ExpressionAttributeValues, Statements, RequestItems } = JSON.parse(body);
  if (Statements !== undefined) return insertCall(Statements, partitionKey);
  if (RequestItems !== undefined) return readCall(operationOf(request), RequestItems, partitionKey);
  // every query of the functions gives its partition as :pk
  const partition =
    Key?.[partitionKey(TableName)] ?? Item?.[partitionKey(TableName)] ?? ExpressionAttributeValues?.[':pk'];
  return {
    service: 'dynamodb',
    action: operationOf(request),
    target: IndexName === undefined ? TableName : `${TableName}/index/${IndexName}`,
    leadingKeys: partition === undefined ? [] : [partition.S],
  };
}

export interface Recorder {
  /** Environment variables that lead the AWS SDK to the recorder. */
  readonly variables: Readonly<Record<string, string>>;
  /** Every call so far, in order. */
  readonly calls: AwsCall[];
  close(): Promise<void>;
}

interface RecorderOptions {
  /** Addresses of the stores. */
  readonly s3: string;
  readonly dynamodb: string;
  readonly secrets: string;
  readonly partitionKey: (table: string) => string;
}

/** Stands between AWS clients and the embedded stores and writes down what is asked for, whatever code asks. */
export async function startRecorder({ s3, dynamodb, secrets, partitionKey }: RecorderOptions): Promise<Recorder> {
  const calls: AwsCall[] = [];
  const between = (target: string | undefined, callOf: (request: IncomingMessage, body: string) => AwsCall) =>
    createServer(async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request));
      calls.push(callOf(request, body.toString('utf8')));
      if (target === undefined) {
        response.writeHead(202).end();
        return;
      }
      const { hostname, port } = new URL(target);
      const { method, url, headers } = request;
      send({ hostname, port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }).end(body);
    });
  const servers = {
    S3: between(s3, s3Call),
    DYNAMODB: between(dynamodb, (request, body) => dynamodbCall(request, body, partitionKey)),
    SECRETS_MANAGER: between(secrets, (request, body) => ({
      service: 'secretsmanager',
      action: operationOf(request),
      target: JSON.parse(body).SecretId,
      leadingKeys: [],
    })),
    LAMBDA: between(undefined, ({ url = '' }) => ({
      service: 'lambda',
      action: 'InvokeFunction',
      target: decodeURIComponent(url).split('/').at(-2) ?? '',
      leadingKeys: [],
    })),
  };
  const variables: Record<string, string> = {};
  for (const [name, server] of Object.entries(servers)) variables[`AWS_ENDPOINT_URL_${name}`] = await listen(server);
  return {
    variables,
    calls,
    close: async () => {
      await Promise.all(Object.values(servers).map(close));
    },
  };
}
