import type { Endpoint } from '../../catalog/index.ts';
import { type HealRun, listHealed, mergeHealed, planHealing } from './heal-plan.ts';
import type { WindowResult } from './window-result.ts';

/** An audit, and how it heals. */
export interface AuditOrder {
  readonly endpoints: readonly Endpoint[];
  readonly audit: (endpoint: Endpoint) => Promise<readonly WindowResult[]>;
  /** Runs a backfill or a live run to its end. @default - what is missing stays missing */
  readonly heal?: ((run: HealRun) => Promise<void>) | undefined;
}

/**
 * Compares the endpoints, heals what is missing, and compares again what was healed. Healing uses ordinary backfills and live runs, so it
 * can be interrupted and repeated at any time.
 */
export async function auditAndHeal({ endpoints, audit, heal }: AuditOrder): Promise<WindowResult[]> {
  const before: WindowResult[] = [];
  for (const endpoint of endpoints) before.push(...(await audit(endpoint)));
  const runs = heal === undefined ? [] : planHealing(before);
  if (heal === undefined || runs.length === 0) return before;
  for (const run of runs) await heal(run);
  const again = new Set(listHealed(runs, before));
  const after: WindowResult[] = [];
  for (const endpoint of endpoints) if (again.has(endpoint.name)) after.push(...(await audit(endpoint)));
  return mergeHealed(before, after);
}
