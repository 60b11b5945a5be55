import { bigint, boolean, varchar } from './columns.ts';

/** Columns that the three team models share. */
export const teamColumns = {
  id: bigint('The team.'),
  name: varchar('Name of the team.'),
  parent_id: bigint('The team above; null at the root.'),
  position: bigint('Order among its siblings.'),
  deleted: boolean('Deleted in the platform; such teams are still returned.'),
  agents_count: bigint('Agents in the team.'),
};
