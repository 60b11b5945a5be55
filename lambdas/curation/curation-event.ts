import * as z from 'zod/mini';

export const positionSchema = z.object({
  /** Last batch of the ledger that is in the table as a whole. */
  seq: z.int(),
  /** Of the batch after it, the last day that is in the table, too; empty if none is. */
  day: z.string(),
});

/** How far a curated table has taken in the ledger of a tenant. */
export type CurationPosition = z.infer<typeof positionSchema>;

const stepSchema = z.object({
  /** Name of the ledger: the endpoint's own, or that of its replays. */
  ledger: z.string(),
  from: positionSchema,
  to: positionSchema,
});

/** What the state machine of curation asks its function. */
export const curationEventSchema = z.discriminatedUnion('action', [
  /** Is the table the one that this deployment wants? */
  z.object({ action: z.literal('inspect'), table: z.string(), shape: z.string() }),
  /** The table was made anew: every tenant begins from the start of its ledger. */
  z.object({ action: z.literal('created'), table: z.string(), shape: z.string(), run: z.string() }),
  /** What comes next; `done` is the step before, which is in the table now. */
  z.object({
    action: z.literal('next'),
    table: z.string(),
    tenant: z.string(),
    endpoint: z.string(),
    zone: z.enum(['raw', 'segments']),
    /** MERGE statement with places for tenant and days. */
    merge: z.string(),
    done: z.optional(z.nullable(stepSchema)),
  }),
]);

export type CurationEvent = z.infer<typeof curationEventSchema>;
export type CurationStep = z.infer<typeof stepSchema>;
