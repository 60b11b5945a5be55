import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';

/** An object as a list of the bucket shows it. */
export interface ListedObject {
  readonly key: string;
  /** Compressed size. */
  readonly bytes: number;
  /** When it was written, milliseconds since the epoch. */
  readonly writtenAt: number;
}

/** User metadata of an object. */
export type ObjectMetadata = Readonly<Record<string, string>>;

/** The requests to S3 that the lake makes. */
export class S3Objects {
  readonly client: S3Client;
  readonly #compress: (body: Uint8Array) => Promise<Uint8Array>;

  /** @param compress gzip. @default - in another thread: a request that is due goes out meanwhile */
  constructor(client: S3Client, compress: (body: Uint8Array) => Promise<Uint8Array> = promisify(gzip)) {
    this.client = client;
    this.#compress = compress;
  }

  /** Writes an object as a gzip file. @returns its size in bytes */
  async putGzip(
    bucket: string,
    key: string,
    content: Uint8Array,
    contentType: string,
    metadata: ObjectMetadata = {},
  ): Promise<number> {
    const body = await this.#compress(content);
    await this.client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        Metadata: { ...metadata },
      }),
    );
    return body.length;
  }

  /** Lists the objects below a prefix, in the order of their keys. Needs the permission to list the bucket. */
  async *list(bucket: string, prefix: string): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const answer = await this.client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
      );
      for (const { Key: key = '', Size: bytes = 0, LastModified: written } of answer.Contents ?? [])
        yield { key, bytes, writtenAt: written?.getTime() ?? 0 };
      token = answer.NextContinuationToken;
    } while (token);
  }

  /**
   * Size in bytes of the object of that key; undefined if there is none. Needs the permission to list the bucket: without it S3
   * answers 403 for what is not there.
   */
  async sizeOf(bucket: string, key: string): Promise<number | undefined> {
    try {
      const answer = await this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return answer.ContentLength ?? 0;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFound') return undefined;
      throw error;
    }
  }

  async get(bucket: string, key: string): Promise<{ readonly body: Uint8Array; readonly metadata: ObjectMetadata }> {
    const answer = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { body: (await answer.Body?.transformToByteArray()) ?? new Uint8Array(), metadata: answer.Metadata ?? {} };
  }

  /** Reads an object piece by piece, for objects that are large. */
  async *read(bucket: string, key: string): AsyncGenerator<Uint8Array> {
    const answer = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const reader = answer.Body?.transformToWebStream().getReader();
    for (let step = await reader?.read(); step !== undefined && !step.done; step = await reader?.read())
      yield step.value;
  }
}

/** S3. @param settings what its client is told: region, credentials, endpoint. @default - they come from the environment */
export const openS3 = (settings: S3ClientConfig = {}): S3Objects =>
  new S3Objects(new S3Client({ ...settings, maxAttempts: 8 }));
