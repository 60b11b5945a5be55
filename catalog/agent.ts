import { bigint, boolean, json, timestamp, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { identified } from './record-fields.ts';

export const agent = defineEndpoint({
  name: 'agent',
  title: 'Agent',
  doc: 'The agents of the contact centre with their current status, teams, roles and queue assignments. A snapshot, because the only cursor, `status_updated_at`, does not move if a name or a team changes.',
  source: { kind: 'snapshot', path: '/agents' },
  key: ['id'],
  schema: identified,
  everyMinutes: 60,
  columns: {
    id: bigint('The agent; equals `user_id` of participants and `agent_id` of the status history.'),
    email: varchar('E-mail address.', { personal: true }),
    first_name: varchar('First name.', { personal: true }),
    middle_name: varchar('Middle name.', { personal: true }),
    last_name: varchar('Last name.', { personal: true }),
    agent_number: varchar('Number assigned by an administrator; string or integer in the API.', { personal: true }),
    avatar_url: varchar('Picture; never fetched.', { personal: true }),
    created_at: timestamp('When the agent was created (UTC).'),
    last_login_time: timestamp('Last login (UTC).'),
    status_id: bigint('Current status; 0 is Available, system statuses are negative.', { at: '$.status.id' }),
    status_name: varchar('Name of the current status; names are not unique.', { at: '$.status.name' }),
    status_wfm_id: bigint('Workforce management id of the current status.', { at: '$.status.wfm_id' }),
    status_updated_at: timestamp('When the status last changed (UTC).'),
    online: boolean('Logged in at the time of the snapshot.'),
    wrap_up: boolean('In wrap-up at the time of the snapshot.'),
    crm_authenticated: boolean('Logged in to the CRM.'),
    call_count: bigint('Calls at the time of the snapshot.'),
    chat_count: bigint('Chats at the time of the snapshot.'),
    location: varchar('Location.', { personal: true }),
    roles: json('Roles, an array of strings.'),
    teams: json('Teams, an array of objects; an agent can belong to several.'),
    channels: json('Queue assignments, an array of objects with `channel_type` and `menu`.'),
  },
});
