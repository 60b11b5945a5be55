import * as z from 'zod/mini';

/** The event of the watch: what its deployment is expected to do. */
export const watchEventSchema = z.object({
  /** Name of the deployment, which its functions and queues begin with. */
  deployment: z.string().check(z.minLength(1)),
  /**
   * Tenants by name. For endpoints whose cadence differs from the catalog, the minutes between two runs, or 0 if the endpoint does
   * not run.
   */
  tenants: z.record(z.string(), z.record(z.string(), z.number())),
  /** Curated tables with the endpoints whose batches bring rows. */
  curated: z.array(z.object({ table: z.string(), endpoints: z.array(z.string()), zone: z.enum(['raw', 'segments']) })),
  /** Dead-letter queues of functions that no schedule of a tenant starts. */
  queues: z.array(z.string()),
});

/** The event as its sender writes it. */
export type WatchEvent = z.input<typeof watchEventSchema>;
