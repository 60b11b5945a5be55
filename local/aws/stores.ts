import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as z from 'zod/mini';

/** Where the stores keep their data. */
export const storeFoldersSchema = z.object({ s3: z.string(), bucket: z.string(), dynamodb: z.string() });

const urlsSchema = z.object({ s3: z.url(), dynamodb: z.url() });

/** Enough for what is on its way; the data is on disk. */
const MEMORY = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 };

/** Running S3 and DynamoDB. */
export interface Stores extends z.infer<typeof urlsSchema> {
  close(): Promise<void>;
}

/**
 * Starts S3 and DynamoDB in a thread of their own. They share the work with the functions that call them, and dynalite,
 * which throws what its database reports, cannot take the command line down with it.
 */
export async function startStores(folders: z.infer<typeof storeFoldersSchema>): Promise<Stores> {
  const thread = new Worker(new URL('./stores-thread.ts', import.meta.url), {
    workerData: folders,
    execArgv: [],
    resourceLimits: MEMORY,
  });
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  const [message]: unknown[] = await once(thread, 'message');
  // from here on a failure shows where it matters: as a connection that is refused
  thread.on('error', () => undefined);
  return {
    ...urlsSchema.parse(message),
    close: async () => {
      thread.postMessage('close');
      await ended;
    },
  };
}
