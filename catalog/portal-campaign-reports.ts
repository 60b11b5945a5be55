import { AGENT, count, flag, HANDLING, INTERACTION, PERIOD, QUEUE, seconds, totals, word } from './portal-columns.ts';
import { BY_INTERACTION, type PortalReport } from './portal-report.ts';

/** The portal's reports about campaigns. */
export const CAMPAIGN_REPORTS: readonly PortalReport[] = [
  {
    name: 'campaign-disposition',
    title: 'Campaign - Disposition',
    grain: 'queue',
    isDetailed: false,
    subject: 'campaign',
    keys: [['queue']],
    columns: {
      ...QUEUE,
      total_volume: count('Total Volume', 'Volume'),
      handled: count('Handled'),
      abandoned_by_contact: count('Abandoned by Contact', 'Abandoned'),
      failed: count('Failed'),
      voicemail: count('Voicemail'),
    },
    missing: [
      'the campaign',
      'why a contact was not reached: no answer, machine, invalid number, skipped, do not call',
    ],
  },
  {
    name: 'campaign-detailed',
    title: 'Campaign - Detailed',
    grain: 'dialled call and agent',
    isDetailed: true,
    subject: 'campaign',
    fact: 'agent_leg',
    keys: [...BY_INTERACTION, ['session_id'], ['queue', 'started_at']],
    columns: {
      ...QUEUE,
      ...PERIOD,
      ...AGENT,
      outcome: word('Outcome', 'Disposition', 'Status'),
      ...HANDLING,
      bcw_time: seconds('BCW Time', 'BCW', 'Before Call Work'),
      transfers: flag('Transfers', 'Transfer'),
      interaction_type: word('Interaction Type', 'Type'),
      ...INTERACTION,
    },
    missing: ['the campaign', 'greeting', 'redials', 'callback scheduled', 'outcome of calls without an agent'],
  },
  {
    name: 'campaign-summary',
    title: 'Campaign - Summary',
    grain: 'queue',
    isDetailed: false,
    subject: 'campaign',
    keys: [['queue']],
    columns: {
      ...QUEUE,
      total_volume: count('Total Volume', 'Volume'),
      handled: count('Handled'),
      ...totals('talk_time', 'Talk Time'),
      ...totals('hold_time', 'Hold Time'),
      ...totals('wrap_up_time', 'Wrap-up Time'),
      ...totals('bcw_time', 'BCW Time', 'Before Call Work'),
      ...totals('handle_time', 'Handle Time'),
      transfers: count('Transfers'),
    },
    missing: ['the campaign', 'outcome of calls without an agent'],
  },
];
