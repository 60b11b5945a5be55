import { AGENT, count, number, type PortalColumns, percent, QUEUE, seconds, text } from './portal-columns.ts';
import { BY_AGENT, type PortalReport } from './portal-report.ts';

const PERFORMANCE: PortalColumns = {
  total_volume: count('Total Volume', 'Volume'),
  volume_per_hour: number('Volume per Hour'),
  avg_handle_time: seconds('Handle Time', 'Avg Handle Time', 'Average Handle Time'),
  total_handle_time: seconds('Total Handle Time'),
  total_active_talk_time: seconds('Total Active Talk Time'),
  avg_hold: seconds('Hold', 'Avg Hold', 'Hold Time'),
  longest_hold: seconds('Longest Hold'),
  total_hold_time: seconds('Total Hold Time'),
  avg_wait: seconds('Wait', 'Avg Wait', 'Wait Time'),
  longest_wait: seconds('Longest Wait'),
  longest_segment_time: seconds('Longest Segment Time'),
  avg_wrap_up_time: seconds('Avg. Wrap-up Time', 'Average Wrap-up Time'),
  total_wrap_up_time: seconds('Total Wrap-up Time', 'Total Wrap up'),
  auto_answered: count('Auto Answered', 'Total Auto Answered'),
  csat: number('CSAT'),
  lowest_csat: number('Lowest CSAT'),
};

/** The portal's Performance Metrics. */
export const PERFORMANCE_REPORTS: readonly PortalReport[] = [
  {
    name: 'performance-agents',
    title: 'Performance Metrics - Agents',
    grain: 'agent',
    isDetailed: false,
    keys: BY_AGENT,
    columns: {
      ...AGENT,
      occupancy_percent: percent('Occupancy', 'Occupancy %'),
      ...PERFORMANCE,
      wrap_up_status_time: seconds('Wrap-up Status Time'),
      total_available_time: seconds('Total Available Time', 'Available Time'),
      in_call_time: seconds('In-call Time'),
      in_chat_time: seconds('In-chat Time'),
      deltacast_missed: count('Deltacast Missed'),
      missed_call_status_count: count('Missed Call Status Count'),
    },
    missing: ['Longest Handle Time', 'Service Level by agent', 'SMS counts', 'queue priorities'],
  },
  {
    name: 'performance-queues',
    title: 'Performance Metrics - Queues',
    grain: 'queue',
    isDetailed: false,
    keys: [['queue']],
    columns: {
      ...QUEUE,
      service_level_percent: percent('Service Level', 'SLA', 'Service Level %'),
      ...PERFORMANCE,
      repeat_contacts: count('Repeat Contact', 'Repeat Contacts'),
      voicemail_received: count('Voicemail Received'),
      voicemail_read: count('Voicemail Read'),
    },
    missing: [
      'Longest Handle Time',
      'window of repeat contacts',
      'Voicemail Waiting',
      'SMS counts',
      'queue priorities',
    ],
  },
  {
    name: 'performance-types',
    title: 'Performance Metrics - Types',
    grain: 'type of session',
    isDetailed: false,
    keys: [['type']],
    columns: {
      type: text('Type', 'Call Type', 'Chat Type', 'Session Type'),
      share_percent: percent('Share', 'Type Breakdown'),
      ...PERFORMANCE,
      abandoned: count('Abandoned'),
      failed: count('Failed'),
      voicemail_received: count('Voicemail Received'),
      voicemail_read: count('Voicemail Read'),
    },
    missing: ['Longest Handle Time', 'SMS counts'],
  },
];
