import { hash, randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import S3rver from 's3rver';
import type { LocalServer } from './local-server.ts';

/**
 * Starts S3 over a folder. The object with bucket `b` and key `k` is the file `<folder>/b/k._S3rver_object`. Its host is an IP
 * address, so SDK clients use path style.
 */
export async function startObjectStore(folder: string, bucket: string): Promise<LocalServer> {
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: bucket }],
  });
  makePutsAtomic(server);
  const { port } = await server.run();
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      const closed = server.close();
      server.httpServer.closeAllConnections();
      return closed;
    },
  };
}

/**
 * S3 shows an object completely or not at all. s3rver writes into the visible file and answers before everything is written. A
 * process that ends in between would leave half a gzip file in the lake, which no query can read.
 */
function makePutsAtomic({ store }: S3rver): void {
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const body = Buffer.isBuffer(content) ? content : await buffer(content);
    const file = store.getResourcePath(bucket, key, 'object');
    const unfinished = `${file}.${randomUUID()}`;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(unfinished, body);
    await rename(unfinished, file);
    const md5 = hash('md5', body, 'hex');
    await store.putMetadata(bucket, key, metadata, md5);
    return { size: body.length, md5 };
  };
}
