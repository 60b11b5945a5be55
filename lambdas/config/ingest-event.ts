import * as z from 'zod/mini';
import { tenantSchema } from './tenant.ts';

/** What EventBridge Scheduler sends to an endpoint's function. */
export const ingestEventSchema = z.object({
  /** Name of a catalog entry. */
  endpoint: z.string(),
  tenant: tenantSchema,
  /** Nominal time of the schedule (UTC), `<aws.scheduler.scheduled-time>` in the schedule's input. */
  scheduledTime: z.iso.datetime({ offset: true }),
  /** How many times this run was continued because its time was up; 0 when the schedule starts it. */
  continuation: z._default(z.int(), 0),
});

/** The input as its sender writes it: defaults may be left out. */
export type IngestEvent = z.input<typeof ingestEventSchema>;
