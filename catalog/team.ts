import { defineEndpoint } from './define-endpoint.ts';
import { identified } from './record-fields.ts';
import { teamColumns } from './team-columns.ts';

export const team = defineEndpoint({
  name: 'team',
  title: 'Team',
  doc: 'The teams of agents. An agent can belong to several.',
  source: { kind: 'snapshot', path: '/teams' },
  key: ['id'],
  schema: identified,
  everyMinutes: 60,
  columns: teamColumns,
});
