import * as z from 'zod/mini';
import { bigint, double, timestamp, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { eventTime, id } from './record-fields.ts';

export const agentStatusHistory = defineEndpoint({
  name: 'agent_status_history',
  title: 'Agent Status History',
  doc: 'Every status change and notification of every agent, with its duration. Rows are closed later without a change of `started_at`, so open rows are read again until they are closed.',
  source: {
    kind: 'tail',
    path: '/agent_activity_logs',
    cursor: 'started_at',
    eventTime: 'started_at',
    openUntil: 'ended_at',
  },
  key: ['id'],
  schema: z.object({ id, started_at: eventTime }),
  everyMinutes: 15,
  curated: true,
  enums: ['activity'],
  columns: {
    id: bigint('The row.'),
    agent_id: bigint('The agent.'),
    status_id: bigint('Status; 0 is Available, system statuses are negative.', { at: '$.status.id' }),
    status_name: varchar('Name of the status; names are not unique.', { at: '$.status.name' }),
    status_wfm_id: bigint('Workforce management id of the status.', { at: '$.status.wfm_id' }),
    activity: varchar(
      'What happened: `user_status_changed`, `login`, `logout`, `call_picked_up`... Notifications are points in time, so do not add their durations to time in status.',
    ),
    started_at: timestamp('Start of the status (UTC).'),
    ended_at: timestamp('End of the status (UTC); null while it lasts.'),
    duration: double('Length in seconds as sent by the API; null or 0 while the status lasts.'),
    call_id: bigint('The call that caused it.'),
    chat_id: bigint('The chat that caused it.'),
    whodunnit_id: bigint('The agent or manager who caused it.', { at: '$.whodunnit.id' }),
  },
});
