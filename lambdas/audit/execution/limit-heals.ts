import { findEndpoint } from '../../../catalog/index.ts';
import type { HealRun } from '../heal-plan.ts';

/** Maximum number of backfills and snapshots that heal a tenant. The next audit reads the rest. */
const MAX_HEALS = 20;
const MIN_HEALS = 4;

/** Maximum number of them for all tenants together: the history of an execution has room for 25,000 events. */
const ALL_HEALS = 200;

/** Selects the runs that one execution does. Those of nested endpoints read from all others. */
export function limitHeals(runs: readonly HealRun[], tenants: number): HealRun[] {
  const isNested = ({ endpoint }: HealRun) => findEndpoint(endpoint)?.source.kind === 'nested';
  const most = Math.min(MAX_HEALS, Math.max(MIN_HEALS, Math.floor(ALL_HEALS / tenants)));
  return [...runs.filter((run) => !isNested(run)).slice(0, most), ...runs.filter(isNested)];
}
