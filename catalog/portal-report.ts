import type { PortalColumns } from './portal-columns.ts';

/** A report of the portal and the named query that rebuilds it. */
export interface PortalReport {
  /** Name on the command line. The named query is `portal-<name>`. */
  readonly name: string;
  /** Title in the portal. */
  readonly title: string;
  /** What one row is. */
  readonly grain: string;
  /** Whether a row is a single thing that happened, not a sum. */
  readonly isDetailed: boolean;
  /** Sets of columns that identify a row, the best first. */
  readonly keys: readonly (readonly string[])[];
  /** View of facts whose ids are the interaction ids of the report. @default - its rows have no such ids */
  readonly fact?: 'queue_visit' | 'agent_leg' | 'virtual_agent_leg';
  /** The sessions that it is about. @default - all but voicemails */
  readonly subject?: 'campaign' | 'voicemail';
  readonly columns: PortalColumns;
  /** What the portal's report has and the API does not. */
  readonly missing: readonly string[];
}

/** Keys of reports about handled interactions. */
export const BY_INTERACTION = [['interaction_id'], ['session_id', 'started_at'], ['agent_id', 'started_at']];
/** Keys of reports about agents. */
export const BY_AGENT = [['agent_id'], ['agent_email'], ['agent_name']];
