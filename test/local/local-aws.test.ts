import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type LocalAws, locateLake, startLocalAws } from '../../local/aws/local-aws.ts';
import { LocalAwsError } from '../../local/aws/local-aws-error.ts';

const SECRETS = { acme: { username: 'acme', password: 'token' } };
let folder: string;
let aws: LocalAws;

function enter({ environment }: LocalAws): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ccaip-aws-'));
  aws = await startLocalAws(folder, { secrets: SECRETS });
});

beforeEach(() => enter(aws));

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true, force: true });
});

describe('S3', () => {
  it('stores and returns objects through an SDK client that only the environment configures', async () => {
    const s3 = new S3Client({});
    const body = Buffer.from([0x1f, 0x8b, 0, 255, 13, 10, ...Array(50_000).fill(7)]);
    const Key = 'raw/call/tenant=acme/dt=2026-11-02/0000000001-abc.ndjson.gz';
    await s3.send(new PutObjectCommand({ Bucket: 'ccaip-lake', Key, Body: body }));

    const answer = await s3.send(new GetObjectCommand({ Bucket: 'ccaip-lake', Key }));

    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? [])).toEqual(body);
    expect(await readFile(join(locateLake(folder), `${Key}._S3rver_object`))).toEqual(body);
    s3.destroy();
  });

  it('overwrites an object as a whole and lists it once, with no unfinished file beside it', async () => {
    const s3 = new S3Client({});
    const put = (text: string) =>
      s3.send(new PutObjectCommand({ Bucket: 'ccaip-lake', Key: 'again/object', Body: text }));
    await Promise.all(['long '.repeat(20_000), 'short'].map(put));
    await put('last');

    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'ccaip-lake', Prefix: 'again/' }));
    const answer = await s3.send(new GetObjectCommand({ Bucket: 'ccaip-lake', Key: 'again/object' }));

    expect(Contents?.map(({ Key }) => Key)).toEqual(['again/object']);
    expect(await answer.Body?.transformToString()).toBe('last');
    s3.destroy();
  });

  it('shows an object only with its metadata', async () => {
    const s3 = new S3Client({});
    for (let i = 0; i < 30; i++) {
      const at = { Bucket: 'ccaip-lake', Key: `seen/${i}` };
      const put = s3.send(new PutObjectCommand({ ...at, Body: 'x', Metadata: { run: 'one' } }));
      let seen: Record<string, string> | undefined;
      while (seen === undefined)
        seen = await s3.send(new HeadObjectCommand(at)).then(
          ({ Metadata = {} }) => Metadata,
          () => undefined,
        );
      expect(seen).toEqual({ run: 'one' });
      await put;
    }
    s3.destroy();
  });

  it('serves an object whose metadata a killed process left unfinished, and takes it again', async () => {
    const s3 = new S3Client({ maxAttempts: 1 });
    const at = { Bucket: 'ccaip-lake', Key: 'killed/object' };
    const put = () => s3.send(new PutObjectCommand({ ...at, Body: 'whole', Metadata: { run: 'one' } }));
    for (const half of ['', '{\n  "x-amz-meta-']) {
      await put();
      await writeFile(join(locateLake(folder), `${at.Key}._S3rver_metadata.json`), half);
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: at.Bucket, Prefix: 'killed/' }));
      expect(Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([[at.Key, 5]]);
      const answer = await s3.send(new GetObjectCommand(at));
      expect([await answer.Body?.transformToString(), answer.Metadata]).toEqual(['whole', {}]);
      await put();
      expect(await s3.send(new HeadObjectCommand(at))).toMatchObject({ Metadata: { run: 'one' } });
    }
    s3.destroy();
  });

  it('says that an object does not exist', async () => {
    const s3 = new S3Client({});
    const get = s3.send(new GetObjectCommand({ Bucket: 'ccaip-lake', Key: 'nowhere' }));
    await expect(get).rejects.toMatchObject({ name: 'NoSuchKey' });
    s3.destroy();
  });

  it('refuses a client with another key', async () => {
    const s3 = new S3Client({ credentials: { accessKeyId: 'AKIAOTHER', secretAccessKey: 'other' }, maxAttempts: 1 });
    const put = s3.send(new PutObjectCommand({ Bucket: 'ccaip-lake', Key: 'k', Body: 'x' }));
    await expect(put).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
    s3.destroy();
  });
});

describe('DynamoDB', () => {
  const call = (id: number, created: string, version: string) => ({
    call_key: `acme#${id}`,
    agent_key: 'acme#7',
    queue_key: 'acme#3',
    day_key: 'acme#2026-11-02#1',
    created_at: created,
    source_updated_at: version,
  });
  let table: DynamoDBDocumentClient;

  beforeEach(() => {
    table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  });

  const put = (item: ReturnType<typeof call>) =>
    table.send(
      new PutCommand({
        TableName: 'ccaip-metrics',
        Item: item,
        ConditionExpression: 'attribute_not_exists(call_key) OR source_updated_at < :v',
        ExpressionAttributeValues: { ':v': item.source_updated_at },
      }),
    );

  it('lets a newer version replace an older one but not the reverse', async () => {
    await put(call(1, '2026-11-02T10:00:00Z', 'v2'));
    await expect(put(call(1, '2026-11-02T10:00:00Z', 'v1'))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
    });
    await put(call(1, '2026-11-02T10:00:00Z', 'v3'));

    const { Item } = await table.send(new GetCommand({ TableName: 'ccaip-metrics', Key: { call_key: 'acme#1' } }));
    expect(Item?.source_updated_at).toBe('v3');
  });

  it.each([
    ['by_agent', 'agent_key', 'acme#7'],
    ['by_day', 'day_key', 'acme#2026-11-02#1'],
    ['by_queue', 'queue_key', 'acme#3'],
  ])('answers %s in the order of created_at', async (index, key, value) => {
    const version = `v-${index}`;
    await put(call(12, '2026-11-02T12:00:00Z', version));
    await put(call(11, '2026-11-02T11:00:00Z', version));

    const { Items } = await table.send(
      new QueryCommand({
        TableName: 'ccaip-metrics',
        IndexName: index,
        KeyConditionExpression: '#key = :value AND created_at >= :from',
        ExpressionAttributeNames: { '#key': key },
        ExpressionAttributeValues: { ':value': value, ':from': '2026-11-02T11:00:00Z' },
      }),
    );

    expect(Items?.map((item) => item.call_key)).toEqual(['acme#11', 'acme#12']);
  });

  it('orders the ledger by its sort key', async () => {
    for (const sk of ['batch#2', 'batch#1'])
      await table.send(new PutCommand({ TableName: 'ccaip-state', Item: { pk: 'acme#call', sk } }));

    const { Items } = await table.send(
      new QueryCommand({
        TableName: 'ccaip-state',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': 'acme#call' },
      }),
    );

    expect(Items?.map((item) => item.sk)).toEqual(['batch#1', 'batch#2']);
  });
});

describe('Secrets Manager', () => {
  it('returns a credential by the name of its secret', async () => {
    const client = new SecretsManagerClient({});
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: 'acme' }));
    expect(JSON.parse(SecretString ?? '')).toEqual(SECRETS.acme);
    client.destroy();
  });

  it('says that a secret does not exist, in the words of the real service', async () => {
    const client = new SecretsManagerClient({});
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'other' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    client.destroy();
  });

  it('has no secret with the name of an inherited property', async () => {
    const client = new SecretsManagerClient({});
    await expect(client.send(new GetSecretValueCommand({ SecretId: 'constructor' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    client.destroy();
  });
});

it('takes precedence over an AWS account that is configured on the machine', async () => {
  vi.stubEnv('AWS_PROFILE', 'production');
  vi.stubEnv('AWS_SESSION_TOKEN', 'of production');
  vi.stubEnv('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true');
  enter(aws);
  const s3 = new S3Client({ maxAttempts: 1 });
  await expect(s3.send(new ListObjectsV2Command({ Bucket: 'ccaip-lake' }))).resolves.toBeDefined();
  s3.destroy();
});

describe('the folder', () => {
  let own: string;
  beforeEach(async () => {
    own = await mkdtemp(join(tmpdir(), 'ccaip-aws-'));
  });
  afterEach(async () => {
    await chmod(own, 0o700).catch(() => undefined);
    await rm(own, { recursive: true, force: true });
  });

  it('keeps objects, items and indexes across a restart', async () => {
    const first = await startLocalAws(own, { secrets: {} });
    enter(first);
    const s3 = new S3Client({});
    await s3.send(new PutObjectCommand({ Bucket: 'ccaip-lake', Key: 'kept', Body: 'object' }));
    const item = { call_key: 'acme#1', agent_key: 'acme#7', created_at: '2026-11-02T10:00:00Z' };
    await DynamoDBDocumentClient.from(new DynamoDBClient({})).send(
      new PutCommand({ TableName: 'ccaip-metrics', Item: item }),
    );
    await first.close();

    const second = await startLocalAws(own, { secrets: {} });
    enter(second);
    const answer = await new S3Client({}).send(new GetObjectCommand({ Bucket: 'ccaip-lake', Key: 'kept' }));
    const { Items } = await DynamoDBDocumentClient.from(new DynamoDBClient({})).send(
      new QueryCommand({
        TableName: 'ccaip-metrics',
        IndexName: 'by_agent',
        KeyConditionExpression: 'agent_key = :key',
        ExpressionAttributeValues: { ':key': 'acme#7' },
      }),
    );

    expect(await answer.Body?.transformToString()).toBe('object');
    expect(Items).toEqual([item]);
    await second.close();
  });

  it('belongs to one process at a time, and the second gets an error', async () => {
    const first = await startLocalAws(own, { secrets: {} });
    const script = `import { startLocalAws } from ${JSON.stringify(join(import.meta.dirname, '../../local/aws/local-aws.ts'))};
      await startLocalAws(process.argv[1], { secrets: {} }).catch((error) => console.log(error.name, error.message));`;
    const second = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, own]);

    expect((await second).stdout.trim()).toBe(
      `LocalAwsError ${join(own, 'dynamodb')} is in use by another ccaip process. Wait until it has ended, or choose another folder with --dir`,
    );
    await first.close();
    await (await startLocalAws(own, { secrets: {} })).close();
  });

  it('may not be a file', async () => {
    const file = join(own, 'file');
    await writeFile(file, '');
    await expect(startLocalAws(file, { secrets: {} })).rejects.toThrow(
      `${file} is not a folder. Choose another one with --dir`,
    );
    await expect(startLocalAws(join(file, 'below'), { secrets: {} })).rejects.toThrow(LocalAwsError);
  });

  it.skipIf(process.getuid?.() === 0)('must be readable and writable', async () => {
    await chmod(own, 0o500);
    await expect(startLocalAws(own, { secrets: {} })).rejects.toThrow(
      /cannot be read and written\. Change its permissions/,
    );
  });
});
