import * as z from 'zod/mini';
import { tenantSchema } from '../platform/tenant.ts';

const date = z.iso.date();

/** What the replay recomputes, and how. */
export const replayOptionsSchema = z.object({
  /** First and last UTC date (`dt`) of the calls, both included. @default - all there are */
  from: z.optional(date),
  to: z.optional(date),
  /** Required version of the deployed rules; any other version is refused. @default - any */
  metricsVersion: z.optional(z.int()),
  /** Writes nothing and only reports what would change. */
  dryRun: z._default(z.boolean(), false),
});

export type ReplayOptions = z.infer<typeof replayOptionsSchema>;

/** What starts the replay function. */
export const replayEventSchema = z.object({
  /** Name of a catalog entry. */
  endpoint: z.string(),
  tenant: tenantSchema.shape.name,
  ...replayOptionsSchema.shape,
  /** Requeues the quarantined records that fit now, of any endpoint, instead of a replay. The dates have no effect then. */
  quarantine: z._default(z.boolean(), false),
  /** Rebuilds the state of the endpoint from the lake instead of a replay. Of the other options, only `dryRun` and `force` have an effect then. */
  state: z._default(z.boolean(), false),
  /** Rebuilds a state that is there. */
  force: z._default(z.boolean(), false),
  /** How many times this replay was continued because its time was up. */
  continuation: z._default(z.int(), 0),
});

/** The input as its sender writes it: defaults may be left out. */
export type ReplayEvent = z.input<typeof replayEventSchema>;
