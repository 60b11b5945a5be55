import { bigint, boolean, json, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { identified } from './record-fields.ts';

export const menu = defineEndpoint({
  name: 'menu',
  title: 'Menu',
  doc: 'The menus, whose leaves are the queues. They have the names for `queue_id`.',
  source: { kind: 'snapshot', path: '/menus' },
  key: ['id'],
  schema: identified,
  everyMinutes: 1440,
  enums: ['menu_type'],
  columns: {
    id: bigint('The menu; equals `queue_id` of calls and chats.'),
    name: varchar('Name of the menu.'),
    parent_id: bigint('The menu above; null at the root.'),
    position: bigint('Order among its siblings.'),
    menu_type: varchar('E.g. `ivr_menu`.'),
    deleted: boolean('Deleted in the platform; such menus are still returned.'),
    hidden: boolean('Hidden from end users.'),
    output_msg: varchar('What the end user hears or reads.'),
    team_assignments: json('Teams that serve the queue, an array of objects.', { personal: true }),
    agent_assignments: json('Agents that serve the queue, an array of objects.', { personal: true }),
  },
});
