import * as z from 'zod/mini';
import { checkFormat } from '../common/format-version.ts';
import { timeRangeSchema } from '../common/time-range.ts';
import { storedObjectSchema } from '../lake/stored-object.ts';

/** Format of a ledger entry. Raise it with every change that an older release would misread. */
export const ENTRY_FORMAT = 1;

/** One committed batch: its records, its range, its run and its objects. */
export const ledgerEntrySchema = z.object({
  formatVersion: z._default(z.int(), ENTRY_FORMAT),
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
  objects: z.array(storedObjectSchema),
  /** The range that was backfilled; absent for batches of live runs. */
  range: z.optional(timeRangeSchema),
});

export type LedgerEntry = z.infer<typeof ledgerEntrySchema>;

/** Reads the item of a ledger entry. @throws ConfigurationError if a newer release wrote it */
export function parseLedgerEntry(item: Readonly<Record<string, unknown>>): LedgerEntry {
  checkFormat(item.formatVersion, ENTRY_FORMAT, `ledger entry ${item.pk} ${item.sk}`);
  return ledgerEntrySchema.parse(item);
}

/** Whether two entries describe the same attempt to commit a batch. */
export function isSameEntry(a: LedgerEntry | undefined, b: LedgerEntry): boolean {
  return a?.seq === b.seq && a.run === b.run && a.committedAt === b.committedAt;
}
