import { bigint, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { nestedIdentified } from './record-fields.ts';

export const photo = defineEndpoint({
  name: 'photo',
  title: 'Photo',
  doc: 'Photos that end users uploaded in calls and chats. The files themselves are never fetched.',
  source: {
    kind: 'nested',
    parents: [
      { endpoint: 'call', paths: ['photos[]'] },
      { endpoint: 'chat', paths: ['photos[]'] },
    ],
  },
  key: ['id'],
  schema: nestedIdentified,
  everyMinutes: 15,
  enums: ['photo_type'],
  columns: {
    id: bigint('The photo.', { personal: true }),
    photo_type: varchar('Kind of photo.'),
    url: varchar('Address; may expire and may grant access.', { personal: true }),
  },
});
