import { ENDPOINTS } from '../../../catalog/index.ts';
import { METRICS } from '../../../catalog/segment-metrics.ts';
import type { Warehouse } from '../../../local/warehouse/warehouse.ts';
import type { Truth } from '../../../simulator/simulation.ts';
import { compareMetric, type Difference } from '../metric-difference.ts';

/** Rows of a view and records in the simulation, which is null for an endpoint that is not simulated. */
export interface Count {
  readonly endpoint: string;
  readonly rows: number;
  readonly truth: number | null;
}

export interface Comparison {
  readonly counts: readonly Count[];
  /** Metrics compared: twelve per call. */
  readonly metrics: number;
  readonly differences: readonly Difference[];
}

/** Compares the rows of every view and the metrics of every call with the simulation. */
export async function compareWithTruth(warehouse: Warehouse, truth: Truth): Promise<Comparison> {
  const counts: Count[] = [];
  for (const { name, source } of ENDPOINTS) {
    const existing = source.kind === 'snapshot' ? ' WHERE deleted_at IS NULL' : '';
    const { rows } = await warehouse.query(`SELECT count(*) AS n FROM ${name}${existing}`);
    counts.push({ endpoint: name, rows: Number(rows[0]?.n), truth: truth.counts[name] ?? null });
  }
  const columns = METRICS.flatMap((metric) => [metric, `${metric}_status`]);
  const { rows } = await warehouse.query(`SELECT call_id, ${columns.join(', ')} FROM call_segments`);
  const differences = rows.flatMap((row) => differencesOf(row, truth));
  return { counts, metrics: rows.length * METRICS.length, differences };
}

/** Whether the number of rows differs from the number of records. */
export const isDifferent = ({ rows, truth }: Count): boolean => truth !== null && rows !== truth;

function differencesOf(row: Readonly<Record<string, unknown>>, truth: Truth): Difference[] {
  const expected = truth.calls.get(Number(row.call_id))?.metrics;
  return METRICS.flatMap((metric) => {
    const computed = { seconds: row[metric], status: row[`${metric}_status`] };
    return compareMetric(row.call_id, metric, computed, expected?.[metric]) ?? [];
  });
}

/** Finds the call with the longest conference, which shows the most segments. */
export function findBusiestCall(truth: Truth): number {
  const conference = (id: number) => truth.calls.get(id)?.metrics.conference_time?.seconds ?? 0;
  return [...truth.calls.keys()].reduce((best, id) => (conference(id) > conference(best) ? id : best), 0);
}
