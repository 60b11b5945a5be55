import { isDeepStrictEqual } from 'node:util';
import { METRICS, type Metric } from '../../catalog/segment-metrics.ts';
import type { MetricsItem } from '../metrics/metrics-item.ts';
import { isNewer } from '../metrics/metrics-table.ts';

/** What a replay does with the item of a call. */
export type Fate = 'same' | 'missing' | 'changed' | 'newer';

/** An item as the table has it. */
export type StoredItem = Readonly<Record<string, unknown>>;

/** A metric that differs from the table. */
export interface MetricChange {
  readonly metric: Metric;
  /** Value and status, e.g. `12.5 ok` or `- pending`. */
  readonly before: string;
  readonly after: string;
}

/**
 * - `same`: equal to the last attribute
 * - `missing`: the table has no item of the call
 * - `changed`: an older version, or another item of the same version
 * - `newer`: a version that was not among the raw records when they were read; it stays
 */
export function compareItem(item: MetricsItem, stored: StoredItem | undefined): Fate {
  if (stored === undefined) return 'missing';
  if (isDeepStrictEqual(stored, item)) return 'same';
  return isNewer(versionOf(stored), item) ? 'newer' : 'changed';
}

/** The metrics that differ between two items of a call. */
export function findMetricChanges(before: StoredItem, after: StoredItem): MetricChange[] {
  return METRICS.map((metric) => ({ metric, before: textOf(before, metric), after: textOf(after, metric) })).filter(
    (change) => change.before !== change.after,
  );
}

const OF_METRICS: ReadonlySet<string> = new Set([...METRICS, 'metric_status']);

/** Names of the other attributes that differ. */
export function findAttributeChanges(before: StoredItem, after: StoredItem): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !OF_METRICS.has(name) && !isDeepStrictEqual(before[name], after[name])).sort();
}

function textOf(item: StoredItem, metric: Metric): string {
  const value = item[metric];
  const statuses: Readonly<Record<string, unknown>> = Object(item.metric_status);
  return `${value ?? '-'} ${statuses[metric] ?? (value === undefined ? 'not_applicable' : 'ok')}`;
}

const versionOf = ({ call_key, source_updated_at, metrics_version, ingested_at, source_batch }: StoredItem) => ({
  call_key: String(call_key),
  source_updated_at: String(source_updated_at),
  metrics_version: Number(metrics_version),
  ingested_at: String(ingested_at),
  ...(typeof source_batch === 'string' && { source_batch }),
});
