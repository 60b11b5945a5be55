import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as z from 'zod/mini';

/** Folders of the stores, and the table whose changes are reported. */
export const storeFoldersSchema = z.object({
  s3: z.string(),
  bucket: z.string(),
  dynamodb: z.string(),
  follow: z.optional(z.object({ table: z.string(), keys: z.array(z.string()) })),
});

const urlsSchema = z.object({ s3: z.url(), dynamodb: z.url() });

/** A change of the followed table. Null answers a request to catch up. */
const messageSchema = z.object({ record: z.nullable(z.string()) });

/** Time limit for pending requests, which is enough because the data is on disk. */
const MEMORY = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 };

/** Running S3 and DynamoDB. */
export interface Stores extends z.infer<typeof urlsSchema> {
  /** Resolves when every earlier change of the followed table has been reported. */
  told(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts S3 and DynamoDB in their own thread. They run in parallel with the functions that call them. If dynalite throws an
 * error of its database, the command line does not crash.
 */
export async function startStores(
  folders: z.infer<typeof storeFoldersSchema>,
  onChange: (record: string) => void = () => undefined,
): Promise<Stores> {
  const thread = new Worker(new URL('./stores-thread.ts', import.meta.url), {
    workerData: folders,
    execArgv: [],
    resourceLimits: MEMORY,
  });
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
  const [message]: unknown[] = await once(thread, 'message');
  const waiting: (() => void)[] = [];
  thread.on('message', (told: unknown) => {
    const { record } = messageSchema.parse(told);
    if (record === null) waiting.shift()?.();
    else onChange(record);
  });
  // later failures appear to clients as refused connections
  thread.on('error', () => undefined);
  return {
    ...urlsSchema.parse(message),
    told: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        thread.postMessage('sync');
      }),
    close: async () => {
      thread.postMessage('close');
      await ended;
    },
  };
}
