import {
  count,
  flag,
  INTERACTION,
  id,
  PERIOD,
  type PortalColumns,
  QUEUE,
  seconds,
  text,
  word,
} from './portal-columns.ts';
import type { PortalReport } from './portal-report.ts';

const VIRTUAL_AGENT: PortalColumns = {
  ...QUEUE,
  virtual_agent_id: id('Virtual Agent ID'),
  ...PERIOD,
  handle_time: seconds('Handle Time', 'Chat Duration', 'Duration'),
};

/** The portal's reports about virtual agents. */
export const VIRTUAL_AGENT_REPORTS: readonly PortalReport[] = [
  {
    name: 'virtual-agent-summary',
    title: 'Virtual Agent Summary',
    grain: 'queue',
    isDetailed: false,
    keys: [['queue']],
    columns: {
      ...QUEUE,
      total_interactions: count('Total Interactions', 'Interactions'),
      inbound_interactions: count('Inbound Interactions'),
      transferred_interactions: count('Transferred Interactions'),
      abandons_by_consumer: count('Abandons by Consumer', 'Abandons'),
      avg_abandon_time: seconds('Avg Abandon Time', 'Average Abandon Time'),
      avg_handle_time: seconds('Avg Handle Time', 'Average Handle Time'),
      escalations: count('Escalations', 'Escalated'),
      deflections: count('Deflections', 'Deflected'),
    },
    missing: ['planned transfers', 'responses and response times', 'fallbacks', 'sentiment', 'returning users'],
  },
  {
    name: 'virtual-agent-detail',
    title: 'Virtual Agent Detail',
    grain: 'virtual agent of a session',
    isDetailed: true,
    fact: 'virtual_agent_leg',
    keys: [['interaction_id'], ['session_id', 'started_at'], ['queue', 'started_at']],
    columns: {
      ...VIRTUAL_AGENT,
      interaction_outcome: word('Interaction Outcome', 'Outcome'),
      transferred: flag('Transferred', 'Transfer'),
      ...INTERACTION,
    },
    missing: ['name of the virtual agent', 'responses', 'fallbacks', 'sentiment'],
  },
  {
    name: 'virtual-agent-escalations',
    title: 'Virtual Agent Escalation and Deflection',
    grain: 'virtual agent of a session, escalated or deflected',
    isDetailed: true,
    fact: 'virtual_agent_leg',
    keys: [['interaction_id'], ['session_id', 'started_at'], ['queue', 'started_at']],
    columns: {
      ...VIRTUAL_AGENT,
      event: word('Event', 'Type'),
      reason: text('Reason', 'Escalation Reason', 'Deflection Reason'),
      ...INTERACTION,
    },
    missing: ['planned transfers'],
  },
];
