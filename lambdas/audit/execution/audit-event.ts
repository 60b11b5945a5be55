import * as z from 'zod/mini';
import { timestampText } from '../../../catalog/record-fields.ts';
import { tenantSchema } from '../../platform/tenant.ts';
import { curatedTableSchema } from './curated-days.ts';

/** The input of the state machine of audits. */
export const auditOrderSchema = z.object({
  /** Names of the tenants. @default - all */
  tenants: z.optional(z.array(tenantSchema.shape.name)),
  /** Names of catalog entries. @default - all */
  endpoints: z.optional(z.array(z.string())),
  /** Number of days before its start. @default - from and to */
  days: z.optional(z.int().check(z.gte(1))),
  /** First day, as a time (UTC). */
  from: z.optional(timestampText),
  /** End of the range, exclusive (UTC). @default - the start of the execution */
  to: z.optional(timestampText),
  /** Reads again what is missing. */
  heal: z._default(z.boolean(), true),
  /** Maximum number of requests for each tenant. @default - that of the deployment */
  requests: z.optional(z.int().check(z.gte(1))),
  /** Nominal time of the schedule. Executions with the same time are the same audit. @default - started by hand */
  scheduledTime: z.optional(timestampText),
  /** Name of an earlier execution that failed: its audit is continued. @default - a new audit */
  run: z.optional(z.string()),
});

/** The order as it is written: defaults may be left out. */
export type AuditOrder = z.input<typeof auditOrderSchema>;

/** What the state machine did since the last answer. */
const doneSchema = z.object({
  /** Where the result of the query is, and the bytes that it read. */
  query: z.optional(z.object({ location: z.string(), bytes: z.number() })),
  /** What the function of an endpoint answered. */
  read: z.optional(
    z.object({
      outcome: z.enum(['done', 'more', 'lease_held']),
      requests: z.int(),
      reached: z.optional(timestampText),
    }),
  ),
  /** The query or the function failed. */
  Error: z.optional(z.string()),
  Cause: z.optional(z.string()),
});

export type AuditDone = z.infer<typeof doneSchema>;

/** The request of the state machine to its function: what was ordered, what was done, and the facts of the deployment. */
export const auditEventSchema = z.object({
  /** Name of the deployment, which its functions begin with. */
  deployment: z.string().check(z.minLength(1)),
  /** Names of all tenants. */
  tenants: z.array(z.string()),
  tenant: tenantSchema,
  /** Endpoints that run for the tenant. */
  endpoints: z.array(z.string()),
  order: auditOrderSchema,
  /** Name of the execution. */
  execution: z.string(),
  /** When it was started (UTC). */
  startedAt: timestampText,
  /** Maximum number of requests of an audit for each tenant. */
  requests: z.int(),
  /** SELECTs of the lake's side, packed. */
  statements: z.string(),
  /** Curated tables by endpoint. */
  curated: z.record(z.string(), z.array(curatedTableSchema)),
  done: z.nullable(doneSchema),
  /** The step that was done. Results of any other step are known, because a question can be repeated. */
  step: z.int(),
});

export type AuditEvent = z.output<typeof auditEventSchema>;

/** The last request of an execution: write what all its tenants lack. */
export const auditReportSchema = z.object({
  report: z.literal(true),
  /** Name of the deployment, which is the namespace of its metrics. */
  deployment: z.string().check(z.minLength(1)),
  /** Names of all tenants. */
  tenants: z.array(z.string()),
});
