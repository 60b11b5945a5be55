import { gunzipSync } from 'node:zlib';
import type { AwsClients } from '../aws/aws-clients.ts';
import type { ListedObject } from '../aws/s3-objects.ts';
import { type Attempt, formatAttempt, parseAttempt } from './attempt.ts';
import { LineBuffer } from './line-buffer.ts';

/** The content of an object: {@link LineBuffer}. */
export function encodeLines(lines: Iterable<string>): Uint8Array {
  const buffer = new LineBuffer();
  for (const line of lines) buffer.add(line);
  return buffer.toBytes();
}

/** The S3 bucket: gzip files of one JSON object per line. */
export class Lake {
  readonly #s3: AwsClients['s3'];
  readonly #bucket: string;

  constructor(s3: AwsClients['s3'], bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /**
   * Writes an object.
   * @param body {@link encodeLines}
   * @param attempt the attempt that writes it. @default - it is not part of a batch
   * @returns its compressed size in bytes
   */
  async put(key: string, body: Uint8Array, attempt?: Attempt): Promise<number> {
    const objects = await this.#s3();
    return objects.putGzip(this.#bucket, key, body, 'application/x-ndjson', attempt && formatAttempt(attempt));
  }

  /** Lists the objects below a folder, which ends with a slash, in the order of their keys. */
  async *list(folder: string): AsyncGenerator<ListedObject> {
    const objects = await this.#s3();
    yield* objects.list(this.#bucket, folder);
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
    const { lines } = await this.read(key);
    return lines;
  }

  /** The lines of an object, and the attempt that wrote it; undefined if a release before 1.0.0 or a replay wrote it. */
  async read(key: string): Promise<{ lines: string[]; attempt: Attempt | undefined }> {
    const objects = await this.#s3();
    const { body, metadata } = await objects.get(this.#bucket, key);
    const text = gunzipSync(body).toString('utf8');
    return { lines: text.split('\n').filter((line) => line !== ''), attempt: parseAttempt(metadata) };
  }
}
