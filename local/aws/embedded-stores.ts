import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as z from 'zod/mini';

/** Where the stores keep their data, and the table whose changes are to be told. */
export const storeFoldersSchema = z.object({
  s3: z.string(),
  bucket: z.string(),
  dynamodb: z.string(),
  follow: z.optional(z.object({ table: z.string(), keys: z.array(z.string()) })),
});

const urlsSchema = z.object({ s3: z.url(), dynamodb: z.url() });

/** A change of the followed table; null answers a request to catch up. */
const messageSchema = z.object({ record: z.nullable(z.string()) });

/** Enough for what is on its way; the data is on disk. */
const MEMORY = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 };

/** Running S3 and DynamoDB. */
export interface Stores extends z.infer<typeof urlsSchema> {
  /** Ends when every change of the followed table that was made so far has been told. */
  told(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts S3 and DynamoDB in a thread of their own. They share the work with the functions that call them, and dynalite,
 * which throws what its database reports, cannot take the command line down with it.
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
  // from here on a failure shows where it matters: as a connection that is refused
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
