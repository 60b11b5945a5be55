import { bigint, json } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { identified } from './record-fields.ts';
import { teamColumns } from './team-columns.ts';

export const teamTree = defineEndpoint({
  name: 'team_tree',
  title: 'Team Tree',
  doc: 'The tree of teams, one row per node in depth-first order, with the path of ids from the root.',
  source: { kind: 'snapshot', path: '/teams/tree', children: 'children' },
  key: ['id'],
  schema: identified,
  everyMinutes: 60,
  columns: {
    ...teamColumns,
    path: json('Ids from the root to this team, an array.', { at: '$._path' }),
    level: bigint('Depth; 0 at the root.', { at: '$._level' }),
  },
});
