import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';
import { listenLocally } from './local-server.ts';
import { startObjectStore } from './object-store.ts';
import { storeFoldersSchema } from './stores.ts';

// Entry of the thread that runs S3 and DynamoDB: tells where they listen, ends when it is told to.
const { s3, bucket, dynamodb } = storeFoldersSchema.parse(workerData);
const tables = await listenLocally(dynalite({ path: dynamodb, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 }));
const objects = await startObjectStore(s3, bucket);
parentPort?.once('message', async () => {
  await Promise.all([tables.close(), objects.close()]);
  process.exit();
});
parentPort?.postMessage({ s3: objects.url, dynamodb: tables.url });
