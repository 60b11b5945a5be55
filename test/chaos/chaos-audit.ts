import { findEndpoint } from '../../catalog/index.ts';
import { isoTime } from '../../catalog/timestamp.ts';
import { RequestBudget } from '../../lambdas/audit/request-budget.ts';
import { TenantAudit } from '../../lambdas/audit/tenant-audit.ts';
import { judgeWindow } from '../../lambdas/audit/window-result.ts';
import type { Simulation, TenantState } from './chaos-simulation.ts';
import { createChaosLake } from './laws/audited-lines.ts';
import type { Violation } from './laws/violation.ts';

const DAY = 86_400_000;
const MAX_DAYS = 4;
const REQUESTS = 10_000;

/** Audits every endpoint of every tenant: nothing may be missing, and everything can be compared. */
export async function auditEverything(simulation: Simulation): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const state of simulation.tenants)
    for (const name of Object.keys(state.world.schedules))
      violations.push(...(await auditEndpoint(simulation, state, name)));
  return violations;
}

async function auditEndpoint(simulation: Simulation, state: TenantState, name: string): Promise<Violation[]> {
  const endpoint = findEndpoint(name);
  if (endpoint === undefined) throw new Error(`no endpoint ${name}`);
  const { now } = simulation.scheduler;
  const oldest = Math.max(Date.parse(state.tenant.historyStart), now - MAX_DAYS * DAY);
  const results = await simulation.perform(state, `audit of ${name}`, (surroundings) =>
    new TenantAudit({
      ...surroundings,
      range: { from: oldest, until: now },
      now,
      lake: createChaosLake(simulation, state),
      budget: new RequestBudget(REQUESTS),
    }).audit(endpoint),
  );
  return results
    .filter((result) => judgeWindow(result) !== 'complete' || result.missingUpstream.length > 0)
    .map((result) => ({
      law: 'audit',
      tenant: state.tenant.name,
      endpoint: name,
      record: `${result.part} ${isoTime(result.from)} to ${isoTime(result.until)}`,
      message: `${judgeWindow(result)}: ${result.reason ?? ''} missing ${result.missing.join(' ')}, not at the platform ${result.missingUpstream.join(' ')}, ${result.platformCount} and ${result.lakeCount} records, counted by ${result.countedBy}`,
    }));
}
