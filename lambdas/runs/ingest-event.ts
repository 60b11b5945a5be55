import * as z from 'zod/mini';
import { timestampText } from '../../catalog/record-fields.ts';
import { timeRangeSchema } from '../common/time-range.ts';
import { tenantSchema } from '../platform/tenant.ts';

/** The event that EventBridge Scheduler or a backfill sends to an endpoint's function. */
export const ingestEventSchema = z.object({
  /** Name of a catalog entry. */
  endpoint: z.string(),
  tenant: tenantSchema,
  /** Nominal time of the schedule (UTC), `<aws.scheduler.scheduled-time>` in the schedule's input. */
  scheduledTime: timestampText,
  /** Number of times this run was continued because its time was up; 0 if the schedule starts it. */
  continuation: z._default(z.int(), 0),
  /**
   * Backfill: exactly this range is read, and the position of live runs does not change. If the run answers `more`, its caller must
   * send the rest.
   * @default - a live run, from the cursor on
   */
  range: z.optional(timeRangeSchema),
  /** A live run writes what it reads even if it is known, because the lake lost it. @default false */
  again: z.optional(z.boolean()),
});

/** The input as its sender writes it: defaults may be left out. */
export type IngestEvent = z.input<typeof ingestEventSchema>;
