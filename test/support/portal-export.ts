import { ACTIVITY_EXPORTS } from './portal-activity-exports.ts';
import { AGENT_EXPORTS } from './portal-agent-exports.ts';
import { CAMPAIGN_EXPORTS } from './portal-campaign-exports.ts';
import type { ExportHabits, ReportWriter } from './portal-habits.ts';
import { PERFORMANCE_EXPORTS } from './portal-performance-exports.ts';
import { QUEUE_EXPORTS } from './portal-queue-exports.ts';
import { writeCsv } from './portal-text.ts';
import { VIRTUAL_AGENT_EXPORTS } from './portal-virtual-agent-exports.ts';
import type { TrueCentre } from './true-centre.ts';

/** Each report of the portal by its name in `catalog/portal-reports.ts`. */
const EXPORTS: Readonly<Record<string, ReportWriter>> = {
  ...QUEUE_EXPORTS,
  ...AGENT_EXPORTS,
  ...ACTIVITY_EXPORTS,
  ...VIRTUAL_AGENT_EXPORTS,
  ...PERFORMANCE_EXPORTS,
  ...CAMPAIGN_EXPORTS,
};

/**
 * Writes a report as the portal exports it, from what happened in the simulation.
 * @param days YYYY-MM-DD in the report's zone
 */
export function writeExport(
  report: string,
  centre: TrueCentre,
  days: readonly string[],
  habits: ExportHabits = {},
): string {
  const write = EXPORTS[report];
  if (write === undefined) throw new Error(`there is no export of ${report}`);
  return writeCsv(write(centre, days, habits), habits);
}
