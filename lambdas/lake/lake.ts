import { gunzipSync } from 'node:zlib';
import type { AwsClients } from '../aws/aws-clients.ts';

/** The S3 bucket: gzip files of one JSON object per line. */
export class Lake {
  readonly #s3: AwsClients['s3'];
  readonly #bucket: string;

  constructor(s3: AwsClients['s3'], bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /** Writes the lines as one object. @returns its compressed size in bytes */
  async put(key: string, lines: readonly string[]): Promise<number> {
    const objects = await this.#s3();
    return objects.putGzip(this.#bucket, key, `${lines.join('\n')}\n`, 'application/x-ndjson');
  }

  /** Compressed size in bytes of the object of that key; undefined if there is none. */
  async sizeOf(key: string): Promise<number | undefined> {
    const objects = await this.#s3();
    return objects.sizeOf(this.#bucket, key);
  }

  /** The lines of an object; undefined if there is none of that key. */
  async find(key: string): Promise<string[] | undefined> {
    try {
      return await this.get(key);
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  /** The lines of an object. */
  async get(key: string): Promise<string[]> {
    const objects = await this.#s3();
    const body = await objects.get(this.#bucket, key);
    const text = gunzipSync(body).toString('utf8');
    return text.split('\n').filter((line) => line !== '');
  }
}
