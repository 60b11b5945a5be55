import * as z from 'zod/mini';

/** Environment variables of a function. */
export const environmentSchema = z.object({
  LAKE_BUCKET: z.string().check(z.minLength(1)),
  METRICS_TABLE: z.string().check(z.minLength(1)),
  STATE_TABLE: z.string().check(z.minLength(1)),
  /** Namespace of the CloudWatch metrics. @default - no metrics are written */
  METRICS_NAMESPACE: z.optional(z.string().check(z.minLength(1))),
  /** Days after the start of a call at which its item may be deleted. @default - never */
  METRICS_TTL_DAYS: z.optional(z.string().check(z.regex(/^[1-9]\d{0,4}$/, 'a whole number of days'))),
});

export type Environment = z.infer<typeof environmentSchema>;
