import * as z from 'zod/mini';
import type { MetricsItem } from '../metrics/metrics-item.ts';
import { type Fate, findAttributeChanges, findMetricChanges, type StoredItem } from './differences.ts';

/** Number of examples that are kept for each metric. */
const MAX_EXAMPLES = 3;

const metricReportSchema = z.object({
  changed: z.int(),
  examples: z.array(z.object({ call: z.string(), before: z.string(), after: z.string() })),
});

/** What a replay found and did; with `dryRun`, what it would do. */
export const replayReportSchema = z.object({
  /** Number of days done, and of all days. */
  days: z.int(),
  ofDays: z.int(),
  /** Raw records read. */
  records: z.int(),
  /** Objects of `segments/` written because they were not there. */
  objects: z.int(),
  /** Number of items by outcome: `missing` and `changed` ones are written. */
  same: z.int(),
  missing: z.int(),
  changed: z.int(),
  newer: z.int(),
  /** Number of items skipped because their time to live is over. */
  expired: z.int(),
  /** Changed items by metric. */
  metrics: z.record(z.string(), metricReportSchema),
  /** Changed items by the name of any other attribute. */
  attributes: z.record(z.string(), z.int()),
});

export type ReplayReport = z.infer<typeof replayReportSchema>;

export const createEmptyReport = (): ReplayReport => ({
  days: 0,
  ofDays: 0,
  records: 0,
  objects: 0,
  same: 0,
  missing: 0,
  changed: 0,
  newer: 0,
  expired: 0,
  metrics: {},
  attributes: {},
});

/** Counts an item. */
export function countItem(report: ReplayReport, fate: Fate, item: MetricsItem, stored: StoredItem | undefined): void {
  report[fate] += 1;
  if (fate !== 'changed' || stored === undefined) return;
  for (const { metric, before, after } of findMetricChanges(stored, item)) {
    const counted = report.metrics[metric] ?? { changed: 0, examples: [] };
    report.metrics[metric] = counted;
    counted.changed += 1;
    if (counted.examples.length < MAX_EXAMPLES) counted.examples.push({ call: item.call_key, before, after });
  }
  for (const name of findAttributeChanges(stored, item)) report.attributes[name] = (report.attributes[name] ?? 0) + 1;
}
