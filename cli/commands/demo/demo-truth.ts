import { ENDPOINTS } from '../../../catalog/index.ts';
import { METRICS } from '../../../catalog/segment-metrics.ts';
import type { Warehouse } from '../../../local/warehouse/warehouse.ts';
import type { Truth } from '../../../simulator/simulation.ts';
import { compareMetric, type Difference } from '../metric-difference.ts';

/** Rows of a view beside the records that exist in the simulation; null where the simulator knows nothing of the endpoint. */
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

/** Compares every view's rows and every call's metrics with what happened in the simulation. */
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

/** Whether a view has other rows than there are records. */
export const isDifferent = ({ rows, truth }: Count): boolean => truth !== null && rows !== truth;

function differencesOf(row: Readonly<Record<string, unknown>>, truth: Truth): Difference[] {
  const expected = truth.calls.get(Number(row.call_id))?.metrics;
  return METRICS.flatMap((metric) => {
    const computed = { seconds: row[metric], status: row[`${metric}_status`] };
    return compareMetric(row.call_id, metric, computed, expected?.[metric]) ?? [];
  });
}

/** The call with the longest conference: there is most to see in it. */
export function findBusiestCall(truth: Truth): number {
  const conference = (id: number) => truth.calls.get(id)?.metrics.conference_time?.seconds ?? 0;
  return [...truth.calls.keys()].reduce((best, id) => (conference(id) > conference(best) ? id : best), 0);
}
