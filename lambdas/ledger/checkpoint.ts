import * as z from 'zod/mini';
import { checkFormat } from '../common/format-version.ts';
import { ledgerEntrySchema } from './ledger-entry.ts';

/** Format of a checkpoint. Raise it with every change that an older release would misread. */
export const CHECKPOINT_FORMAT = 1;

/** What a run records for `status` and the next run. */
const lastRunSchema = z.object({
  run: z.string(),
  scheduledTime: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  /** Platform time up to which everything was read; null if the run did not get that far. */
  completeTo: z.nullable(z.string()),
  /** Start of the last run that read all available records, this run or an earlier one. @default - no run has yet */
  caughtUpAt: z.optional(z.string()),
  outcome: z.enum(['done', 'more', 'failed']),
  error: z.optional(z.string()),
  /** Warnings of the run. @default - none */
  warnings: z.optional(z.array(z.string())),
  /** Platform time of the last answer to a failed run. Objects that it wrote but did not commit may have that time. */
  answeredAt: z.optional(z.string()),
  /** Number of times it was continued because its time was up. */
  continuation: z.int(),
  records: z.int(),
  requests: z.int(),
});

export type LastRun = z.infer<typeof lastRunSchema>;

const checkpointSchema = z.object({
  /** Rises with every lease; a commit with an older one is refused. */
  fencingToken: z.int(),
  /** Last committed batch; 0 before the first. */
  seq: z._default(z.int(), 0),
  /** Last batch whose ledger entry is known to be written. */
  appended: z._default(z.int(), 0),
  /** When the lease ends, milliseconds since the epoch; 0 if it was released. */
  leaseUntil: z.number(),
  /** Rises with every backfill slot. */
  slot: z._default(z.int(), 0),
  /** True if the previous run failed, died or lost its lease: it may have written objects that it did not commit. */
  afterFailure: z._default(z.boolean(), false),
  /** True while a rebuild writes ledger and position: until it ends, the lease and slots are refused. */
  rebuilding: z._default(z.boolean(), false),
  /** Opaque state of the source after batch `seq`, as JSON text. */
  position: z.optional(z.string()),
  /** The position's time, for people and dashboards (UTC). */
  cursor: z.optional(z.nullable(z.string())),
  lastEntry: z.optional(ledgerEntrySchema),
  lastRun: z.optional(lastRunSchema),
  /** Totals over all batches. */
  records: z._default(z.int(), 0),
  quarantined: z._default(z.int(), 0),
});

/** The one item per tenant and endpoint that holds lease, cursor and last batch. docs/internals/commit.md specifies it. */
export type Checkpoint = z.infer<typeof checkpointSchema>;

/**
 * Reads the item of a checkpoint.
 * @param place tenant and endpoint, for the message
 * @throws ConfigurationError if a newer release wrote it
 */
export function parseCheckpoint(item: Readonly<Record<string, unknown>>, place: string): Checkpoint {
  checkFormat(item.formatVersion, CHECKPOINT_FORMAT, `checkpoint of ${place}`);
  return checkpointSchema.parse(item);
}
