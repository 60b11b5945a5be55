import { bigint, double, timestamp, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { nestedIdentified } from './record-fields.ts';

export const chatParticipant = defineEndpoint({
  name: 'chat_participant',
  title: 'Chat Participant',
  doc: 'Participants of a chat with their times.',
  source: { kind: 'nested', parents: [{ endpoint: 'chat', paths: ['participants[]'] }] },
  key: ['id'],
  schema: nestedIdentified,
  everyMinutes: 5,
  curated: true,
  enums: ['type', 'status', 'fail_reason'],
  columns: {
    id: bigint('The participation.'),
    chat_id: bigint('The chat.'),
    type: varchar('`agent`, `end_user`, `virtual_agent`...'),
    status: varchar('`waiting`, `connected`, `finished`...'),
    user_id: bigint('The agent, if the participant is one; integer or string in the API.'),
    end_user_id: bigint('The end user, if the participant is one.', { personal: true }),
    chat_duration: double('Seconds in the chat; null while it lasts.'),
    connected_at: timestamp('Joined (UTC).'),
    ended_at: timestamp('Left (UTC), from `ended_at`, else `finished_at`.', { at: ['$.ended_at', '$.finished_at'] }),
    fail_reason: varchar('`nothing`, or why it failed.'),
  },
});
