import * as z from 'zod/mini';
import { timeRangeSchema } from '../common/time-range.ts';
import { ZONES } from '../lake/zones.ts';

const ledgerObjectSchema = z.object({
  key: z.string(),
  zone: z.enum(ZONES),
  /** Partition, UTC date. */
  dt: z.string(),
  records: z.int(),
  /** Compressed size. */
  bytes: z.int(),
});

/** One committed batch: what was taken, from where to where, by whom, into which objects. */
export const ledgerBatchSchema = z.object({
  seq: z.int(),
  run: z.string(),
  /** Nominal time of the schedule that started the run. */
  scheduledTime: z.string(),
  committedAt: z.string(),
  /** Platform time at which the records were read. */
  extractedAt: z.string(),
  /** First and last cursor value of the batch; null where the source has no cursor. */
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
  records: z.int(),
  quarantined: z.int(),
  requests: z.int(),
  /** From the first request of the batch to its commit. */
  seconds: z.number(),
  objects: z.array(ledgerObjectSchema),
  /** The range that was backfilled; absent for what live runs took. */
  range: z.optional(timeRangeSchema),
});

export type LedgerObject = z.infer<typeof ledgerObjectSchema>;
export type LedgerBatch = z.infer<typeof ledgerBatchSchema>;
