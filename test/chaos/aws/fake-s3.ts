import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
} from '@aws-sdk/client-s3';

/** A write of an object. */
export interface ObjectWrite {
  readonly key: string;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array;
}

/** The part of S3 that the lake uses: one bucket, in memory and synchronous. */
export class FakeS3 {
  readonly objects = new Map<string, Uint8Array>();
  readonly #metadata = new Map<string, Record<string, string> | undefined>();

  /**
   * Does what the command says.
   * @param written called with every write
   * @throws NoSuchKey
   */
  execute(command: unknown, written: (write: ObjectWrite) => void = () => undefined): Record<string, unknown> {
    if (command instanceof PutObjectCommand) {
      const { Key: key = '', Body: body, Metadata: metadata } = command.input;
      if (!(body instanceof Uint8Array)) throw new Error('the fake S3 takes bytes only');
      const before = this.objects.get(key);
      this.objects.set(key, body);
      this.#metadata.set(key, metadata);
      written({ key, before, after: body });
      return {};
    }
    if (command instanceof GetObjectCommand) {
      const { Key: key = '' } = command.input;
      const body = this.objects.get(key);
      if (body === undefined)
        throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: { httpStatusCode: 404 } });
      const Body = { transformToByteArray: async () => body, transformToWebStream: () => new Blob([body]).stream() };
      return { Body, Metadata: this.#metadata.get(key) };
    }
    if (command instanceof DeleteObjectCommand) {
      this.objects.delete(command.input.Key ?? '');
      return {};
    }
    if (command instanceof HeadObjectCommand) {
      const body = this.objects.get(command.input.Key ?? '');
      if (body === undefined) throw new NotFound({ message: 'Not Found', $metadata: { httpStatusCode: 404 } });
      return { ContentLength: body.length };
    }
    if (command instanceof ListObjectsV2Command) {
      const { Prefix: prefix = '' } = command.input;
      const found = [...this.objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
      return { Contents: found.map(([Key, body]) => ({ Key, Size: body.length })) };
    }
    throw new Error(`the fake S3 does not know ${Object.getPrototypeOf(command).constructor.name}`);
  }
}
