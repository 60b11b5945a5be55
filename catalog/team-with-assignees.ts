import { bigint, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { identified } from './record-fields.ts';
import { teamColumns } from './team-columns.ts';

export const teamWithAssignees = defineEndpoint({
  name: 'team_with_assignees',
  title: 'Team With Assignees',
  doc: 'The teams with their agents. The view has one row per team and agent.',
  source: { kind: 'snapshot', path: '/teams', rowPer: 'assignees' },
  key: ['id'],
  schema: identified,
  everyMinutes: 60,
  columns: {
    ...teamColumns,
    assignee_id: bigint('The agent.', { at: '$.assignees[].id' }),
    assignee_name: varchar('Full name of the agent.', { at: '$.assignees[].name', personal: true }),
    assignee_first_name: varchar('First name of the agent.', { at: '$.assignees[].first_name', personal: true }),
    assignee_last_name: varchar('Last name of the agent.', { at: '$.assignees[].last_name', personal: true }),
    assignee_agent_number: varchar('Number assigned by an administrator.', {
      at: '$.assignees[].agent_number',
      personal: true,
    }),
  },
});
