import * as z from 'zod/mini';
import { timestampText } from '../../catalog/record-fields.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import { tenantSchema } from '../platform/tenant.ts';

/** The input of the state machine of backfills. */
export const backfillOrderSchema = z
  .object({
    tenant: tenantSchema.shape.name,
    /** Name of a catalog entry. */
    endpoint: z.string(),
    /** The range of cursor times (UTC), without its end. */
    from: timestampText,
    to: timestampText,
    /** Length of a slice. */
    sliceHours: z._default(z.number().check(z.gte(0.01)), 24),
    /** Number of parallel slices. The request rate is the limit, not this number. */
    concurrency: z._default(z.int().check(z.gte(1), z.lte(16)), 2),
  })
  .check(z.refine(({ from, to }) => readTimestamp(from) < readTimestamp(to), 'ends before it starts'));

/** The input as it is written: defaults may be left out. */
export type BackfillOrder = z.input<typeof backfillOrderSchema>;

/** The request of the state machine to its function: the order, and the facts of the deployment. */
export const planEventSchema = z.object({
  order: backfillOrderSchema,
  /** When the execution was started (UTC): the nominal time of its runs. */
  scheduledTime: timestampText,
  /** Every tenant, with the endpoints that it runs. */
  tenants: z.array(z.object({ tenant: tenantSchema, endpoints: z.array(z.string()) })),
  /** ARNs of the functions that take ranges, by endpoint. */
  functions: z.record(z.string(), z.string()),
});

export type PlanEvent = z.input<typeof planEventSchema>;
