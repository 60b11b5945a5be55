import { AGENT_REPORTS } from './portal-agent-reports.ts';
import { CAMPAIGN_REPORTS } from './portal-campaign-reports.ts';
import { PERFORMANCE_REPORTS } from './portal-performance-reports.ts';
import { QUEUE_REPORTS } from './portal-queue-reports.ts';
import type { PortalReport } from './portal-report.ts';
import { VIRTUAL_AGENT_REPORTS } from './portal-virtual-agent-reports.ts';

/** The reports of the portal that can be rebuilt. */
export const PORTAL_REPORTS: readonly PortalReport[] = [
  ...QUEUE_REPORTS,
  ...AGENT_REPORTS,
  ...VIRTUAL_AGENT_REPORTS,
  ...PERFORMANCE_REPORTS,
  ...CAMPAIGN_REPORTS,
];
