import { bigint, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { nestedIdentified } from './record-fields.ts';

export const userInfo = defineEndpoint({
  name: 'user_info',
  title: 'User Info',
  doc: 'The short form of an agent inside other records, one row per place: who handled a call or chat, who transferred to whom, who changed a status, who is in a team.',
  source: {
    kind: 'nested',
    parents: [
      { endpoint: 'call', paths: ['agent_info', 'transfers[].from_agent', 'transfers[].to_agent'] },
      { endpoint: 'chat', paths: ['agent_info', 'transfers[].from_agent', 'transfers[].to_agent'] },
      { endpoint: 'agent_status_history', paths: ['whodunnit'] },
      { endpoint: 'team_with_assignees', paths: ['assignees[]'] },
    ],
  },
  key: ['id'],
  schema: nestedIdentified,
  everyMinutes: 15,
  columns: {
    id: bigint('The agent.'),
    name: varchar('Full name.', { personal: true }),
    first_name: varchar('First name.', { personal: true }),
    last_name: varchar('Last name.', { personal: true }),
    agent_number: varchar('Number assigned by an administrator; string or integer in the API.', { personal: true }),
    email: varchar('E-mail address; not on every record.', { personal: true }),
    avatar_url: varchar('Picture; never fetched.', { personal: true }),
  },
});
