import * as z from 'zod/mini';

export const positionSchema = z.object({
  /** Last batch of the ledger that the table holds completely. */
  seq: z.int(),
  /** Last day of the next batch that the table already holds; empty if it holds none. */
  day: z.string(),
});

/** How far a curated table has merged the ledger of a tenant. */
export type CurationPosition = z.infer<typeof positionSchema>;

const stepSchema = z.object({
  /** Name of the ledger: the endpoint's own, or that of its replays. */
  ledger: z.string(),
  from: positionSchema,
  to: positionSchema,
});

/** Requests of the curation state machine to its function. */
export const curationEventSchema = z.discriminatedUnion('action', [
  /** Asks whether the table has the shape that this deployment expects. */
  z.object({ action: z.literal('inspect'), table: z.string(), shape: z.string() }),
  /** The table was recreated: every tenant starts from the beginning of its ledger. */
  z.object({ action: z.literal('created'), table: z.string(), shape: z.string(), run: z.string() }),
  /** Asks for the next step; `done` is the previous step, which the table now holds. */
  z.object({
    action: z.literal('next'),
    table: z.string(),
    tenant: z.string(),
    /** The endpoints whose batches bring rows. */
    endpoint: z.union([z.string(), z.array(z.string())]),
    zone: z.enum(['raw', 'segments']),
    /** MERGE statement with places for tenant and days. */
    merge: z.string(),
    done: z.optional(z.nullable(stepSchema)),
  }),
]);

export type CurationEvent = z.infer<typeof curationEventSchema>;
export type CurationStep = z.infer<typeof stepSchema>;
