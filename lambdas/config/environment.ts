import * as z from 'zod/mini';

/** Environment variables of an ingest function. */
export const environmentSchema = z.object({
  LAKE_BUCKET: z.string().check(z.minLength(1)),
  METRICS_TABLE: z.string().check(z.minLength(1)),
  STATE_TABLE: z.string().check(z.minLength(1)),
  /** Namespace of the CloudWatch metrics. @default - no metrics are written */
  METRICS_NAMESPACE: z.optional(z.string().check(z.minLength(1))),
});

export type Environment = z.infer<typeof environmentSchema>;
