import { bigint, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { identified } from './record-fields.ts';

export const userStatus = defineEndpoint({
  name: 'user_status',
  title: 'User Status',
  doc: 'The possible statuses of an agent. 0 is Available, system statuses are negative, names are not unique.',
  source: { kind: 'snapshot', path: '/user_statuses' },
  key: ['id'],
  schema: identified,
  everyMinutes: 1440,
  columns: {
    id: bigint('The status.'),
    name: varchar('Name of the status; not unique and possibly translated.'),
    color: varchar('Colour in the portal.'),
    wfm_id: bigint('Workforce management id.'),
  },
});
