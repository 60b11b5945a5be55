import * as z from 'zod/mini';

/** What one invocation requeued. */
export const requeueSummarySchema = z.object({
  tenant: z.string(),
  endpoint: z.string(),
  /** `more`: time was up, call again; `lease_held`: ingestion held the lease all the time. */
  outcome: z.enum(['done', 'more', 'lease_held']),
  /** Records that fit now. They are requeued; a dry run only counts them. */
  taken: z.int(),
  /** Records that still do not fit, by reason. */
  left: z.record(z.string(), z.int()),
  /** Objects of the quarantine that were deleted because they were too old. */
  gone: z.int(),
});

export type RequeueSummary = z.infer<typeof requeueSummarySchema>;
