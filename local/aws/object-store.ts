import { hash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
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
  toleratePartialMetadata(server);
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
 * S3 shows an object completely or not at all. s3rver writes into the visible files and answers before everything is written. A
 * process that ends in between would leave half a gzip file in the lake, which no query can read, or half a metadata file, which makes
 * every request for the object fail.
 */
function makePutsAtomic({ store }: S3rver): void {
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const body = Buffer.isBuffer(content) ? content : await buffer(content);
    const md5 = hash('md5', body, 'hex');
    const unfinished = `${key}.${randomUUID()}`;
    const pathOf = (name: string, resource: string) => store.getResourcePath(bucket, name, resource);
    await mkdir(dirname(pathOf(key, 'object')), { recursive: true });
    // under this name there is no object, so nothing of it is visible
    await store.putMetadata(bucket, unfinished, metadata, md5);
    const written = `${pathOf(key, 'object')}.${randomUUID()}`;
    await writeFile(written, body);
    for (const resource of ['object.md5', 'metadata.json'])
      await rename(pathOf(unfinished, resource), pathOf(key, resource));
    await rename(written, pathOf(key, 'object'));
    return { size: body.length, md5 };
  };
}

/** A process of an earlier release may have ended while it wrote metadata. Such an object is shown without metadata until it is put again. */
function toleratePartialMetadata({ store }: S3rver): void {
  const getMetadata = store.getMetadata.bind(store);
  store.getMetadata = async (bucket, key) => {
    try {
      return await getMetadata(bucket, key);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      await rm(store.getResourcePath(bucket, key, 'metadata.json'), { force: true });
      return getMetadata(bucket, key);
    }
  };
}
