import * as z from 'zod/mini';
import { checkFormat } from '../common/format-version.ts';
import { isObject } from '../common/json.ts';
import { finderStateSchema } from './position-finder.ts';

/** Format of the position. */
const FORMAT = 1;

/** What a rebuild found in the lake; with `dryRun`, by the keys of the objects alone. */
export const rebuildReportSchema = z.object({
  /** Number of the last batch. */
  batches: z.int(),
  /** Batches of which nothing is left in the lake. Null in a dry run. */
  missing: z.nullable(z.int()),
  objects: z.int(),
  /** Compressed. */
  bytes: z.int(),
  /** Records and quarantined records. Null in a dry run. */
  records: z.nullable(z.int()),
  quarantined: z.nullable(z.int()),
  /** Time at which live runs continue (UTC); null if they read their history again. Null in a dry run. */
  cursor: z.nullable(z.string()),
  /** Objects of attempts that failed again and again, beyond what a ledger entry can name. */
  leftOut: z.int(),
  /** Batches that the state table had before. */
  known: z.int(),
});
export type RebuildReport = z.infer<typeof rebuildReportSchema>;

/** What one invocation found and did; its report counts from the start of the rebuild on. */
export const rebuildSummarySchema = z.object({
  tenant: z.string(),
  endpoint: z.string(),
  /** `more`: time was up, call again; `lease_held`: another rebuild of this endpoint is running and this one did nothing. */
  outcome: z.enum(['done', 'more', 'lease_held']),
  report: z.nullable(rebuildReportSchema),
});
export type RebuildSummary = z.infer<typeof rebuildSummarySchema>;

const rebuildPositionSchema = z.object({
  formatVersion: z.int(),
  /** Last batch that was restored. */
  after: z.int(),
  /** Times of its ledger entry. @default - nothing was restored yet */
  last: z.optional(z.object({ extractedAt: z.string(), committedAt: z.string() })),
  finder: z.optional(finderStateSchema),
  report: rebuildReportSchema,
  done: z.boolean(),
});

/** The position of a rebuild. */
export type RebuildPosition = z.infer<typeof rebuildPositionSchema>;

export const startRebuild = (known: number): RebuildPosition => ({
  formatVersion: FORMAT,
  after: 0,
  report: {
    batches: 0,
    missing: 0,
    objects: 0,
    bytes: 0,
    records: 0,
    quarantined: 0,
    cursor: null,
    leftOut: 0,
    known,
  },
  done: false,
});

/** Reads a stored position. @throws ConfigurationError if a newer release wrote it */
export function parseRebuildPosition(text: string): RebuildPosition {
  const position: unknown = JSON.parse(text);
  checkFormat(isObject(position) ? position.formatVersion : undefined, FORMAT, 'position of a rebuild');
  return rebuildPositionSchema.parse(position);
}
