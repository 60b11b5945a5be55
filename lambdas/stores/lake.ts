import { gunzipSync, gzipSync } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** The S3 bucket: gzip files of one JSON object per line. */
export class Lake {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** Writes the lines as one object. @returns its compressed size in bytes */
  async put(key: string, lines: readonly string[]): Promise<number> {
    // a function has one core: a thread for this would gain nothing
    const body = gzipSync(`${lines.join('\n')}\n`);
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, ContentType: 'application/x-ndjson' }),
    );
    return body.length;
  }

  /**
   * Compressed size in bytes of the object of that key; undefined if there is none. Needs the permission to list the bucket:
   * without it S3 answers 403 for what is not there.
   */
  async sizeOf(key: string): Promise<number | undefined> {
    try {
      const answer = await this.#client.send(new HeadObjectCommand({ Bucket: this.#bucket, Key: key }));
      return answer.ContentLength ?? 0;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFound') return undefined;
      throw error;
    }
  }

  /** The lines of an object. */
  async get(key: string): Promise<string[]> {
    const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
    const body = await answer.Body?.transformToByteArray();
    const text = gunzipSync(body ?? new Uint8Array()).toString('utf8');
    return text.split('\n').filter((line) => line !== '');
  }
}
