import { bigint, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { nestedIdentified } from './record-fields.ts';

export const video = defineEndpoint({
  name: 'video',
  title: 'Video',
  doc: 'Videos that end users uploaded in calls and chats. The files themselves are never fetched.',
  source: {
    kind: 'nested',
    parents: [
      { endpoint: 'call', paths: ['videos[]'] },
      { endpoint: 'chat', paths: ['videos[]'] },
    ],
  },
  key: ['id'],
  schema: nestedIdentified,
  everyMinutes: 15,
  columns: {
    id: bigint('The video.', { personal: true }),
    url: varchar('Address; may expire and may grant access.', { personal: true }),
  },
});
