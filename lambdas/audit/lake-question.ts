import * as z from 'zod/mini';

const daysSchema = z.object({
  /** Days to read from the raw tables. */
  raw: z.array(z.string()),
  /** Days that the curated tables hold completely. */
  curated: z.array(z.string()),
  /** Days that can have lines of the newest snapshot. */
  snapshot: z.array(z.string()),
  /** Days of the sessions to compute again. */
  sample: z.array(z.string()),
  /** Days with records that were quarantined when the audited ones were read. */
  quarantine: z.array(z.string()),
  /** Days of windows in which earlier audits can have marked records as missing upstream. */
  marks: z.array(z.string()),
});

/** Lists of UTC dates, by what is read of them. */
export type QuestionDays = z.infer<typeof daysSchema>;

const parentSchema = z.object({
  days: daysSchema,
  /** Last batch of the parent that the nested endpoint has read. */
  readTo: z.int(),
});

/** What was known of an endpoint when the lake was asked. The comparison uses it, because ingestion does not stop. */
export const auditMomentSchema = z.object({
  /** Platform time, milliseconds. */
  now: z.number(),
  /** Time up to which a tail was read, milliseconds. Null if nothing was read. */
  readTo: z.nullable(z.number()),
  /** Last committed batch. */
  seq: z.int(),
});

export type AuditMoment = z.infer<typeof auditMomentSchema>;

/** What an audit asks the lake about an endpoint. Plain data: the answer can come in another invocation. */
export const lakeQuestionSchema = z.object({
  moment: auditMomentSchema,
  days: daysSchema,
  /** Parents by endpoint. Empty for endpoints that are not nested. */
  parents: z.record(z.string(), parentSchema),
  /** Chooses the sessions to compute again. */
  salt: z.int(),
});

export type LakeQuestion = z.infer<typeof lakeQuestionSchema>;
