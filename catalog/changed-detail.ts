import * as z from 'zod/mini';
import { timestamp, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';

export const changedDetail = defineEndpoint({
  name: 'changed_detail',
  title: 'Changed Detail',
  doc: 'Old and new value of a changed field. No public payload shows this model. That it is in `changed_details[]` of calls and chats is an assumption, and its paths are configurable.',
  source: {
    kind: 'nested',
    parents: [
      { endpoint: 'call', paths: ['changed_details[]'] },
      { endpoint: 'chat', paths: ['changed_details[]'] },
    ],
  },
  key: ['_parent_path'],
  schema: z.object({}),
  everyMinutes: 5,
  columns: {
    field: varchar('The field that changed.'),
    old_value: varchar('Value before.', { at: ['$.old_value', '$.old', '$.from'], personal: true }),
    new_value: varchar('Value after.', { at: ['$.new_value', '$.new', '$.to'], personal: true }),
    changed_at: timestamp('When it changed (UTC).', { at: ['$.changed_at', '$.created_at', '$.updated_at'] }),
  },
});
