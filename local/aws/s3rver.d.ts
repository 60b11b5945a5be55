declare module 's3rver' {
  interface StoredObject {
    readonly bucket: string;
    readonly key: string;
    readonly content: Buffer | NodeJS.ReadableStream;
    readonly metadata: Record<string, string>;
  }

  /** Keeps each object as a file `<key>._S3rver_object`. */
  interface FilesystemStore {
    getResourcePath(bucket: string, key: string, resource: string): string;
    /** @throws SyntaxError if the file with the metadata is not JSON */
    getMetadata(bucket: string, key: string): Promise<Record<string, unknown>>;
    putMetadata(bucket: string, key: string, metadata: Record<string, string>, md5: string): Promise<void>;
    putObject(object: StoredObject): Promise<{ size: number; md5: string }>;
  }

  interface S3rverOptions {
    address: string;
    /** 0 means a free port. */
    port: number;
    silent: boolean;
    directory: string;
    configureBuckets: { name: string }[];
  }

  class S3rver {
    constructor(options: S3rverOptions);
    readonly store: FilesystemStore;
    readonly httpServer: import('node:http').Server;
    run(): Promise<{ address: string; port: number }>;
    close(): Promise<void>;
  }

  export default S3rver;
}
