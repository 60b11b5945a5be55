import { GetObjectCommand, NoSuchKey, PutObjectCommand } from '@aws-sdk/client-s3';

/** A write of an object. */
export interface ObjectWrite {
  readonly key: string;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array;
}

/** The part of S3 that the lake uses: one bucket, in memory and synchronous. */
export class FakeS3 {
  readonly objects = new Map<string, Uint8Array>();

  /**
   * Does what the command says.
   * @param written called with every write
   * @throws NoSuchKey
   */
  execute(command: unknown, written: (write: ObjectWrite) => void = () => undefined): Record<string, unknown> {
    if (command instanceof PutObjectCommand) {
      const { Key: key = '', Body: body } = command.input;
      if (!(body instanceof Uint8Array)) throw new Error('the fake S3 takes bytes only');
      const before = this.objects.get(key);
      this.objects.set(key, body);
      written({ key, before, after: body });
      return {};
    }
    if (command instanceof GetObjectCommand) {
      const body = this.objects.get(command.input.Key ?? '');
      if (body === undefined)
        throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: { httpStatusCode: 404 } });
      return { Body: { transformToByteArray: async () => body } };
    }
    throw new Error(`the fake S3 does not know ${Object.getPrototypeOf(command).constructor.name}`);
  }
}
