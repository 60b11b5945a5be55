import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';
import { storeFoldersSchema } from './embedded-stores.ts';
import { listenLocally } from './local-server.ts';
import { startObjectStore } from './object-store.ts';
import { followTable } from './table-stream.ts';

// Entry of the thread that runs S3 and DynamoDB. It reports their addresses and ends on request.
const { s3, bucket, dynamodb, follow } = storeFoldersSchema.parse(workerData);
const database = dynalite({ path: dynamodb, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
const tables = await listenLocally(database);
const front =
  follow === undefined
    ? undefined
    : await listenLocally(
        followTable(database, tables.url, { ...follow, emit: (record) => parentPort?.postMessage({ record }) }),
      );
const objects = await startObjectStore(s3, bucket);
parentPort?.on('message', async (message) => {
  if (message === 'sync') return parentPort?.postMessage({ record: null });
  await Promise.all([front?.close(), tables.close(), objects.close()]);
  process.exit();
});
parentPort?.postMessage({ s3: objects.url, dynamodb: front?.url ?? tables.url });
