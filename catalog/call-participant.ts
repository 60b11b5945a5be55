import { bigint, double, timestamp, varchar } from './columns.ts';
import { defineEndpoint } from './define-endpoint.ts';
import { nestedIdentified } from './record-fields.ts';

export const callParticipant = defineEndpoint({
  name: 'call_participant',
  title: 'Call Participant',
  doc: 'Participants of a call with their times: agents, end users, third parties and virtual agents. A participant who leaves and rejoins has several rows.',
  source: { kind: 'nested', parents: [{ endpoint: 'call', paths: ['participants[]'] }] },
  key: ['id'],
  schema: nestedIdentified,
  everyMinutes: 5,
  curated: true,
  enums: ['type', 'status', 'fail_reason'],
  columns: {
    id: bigint('The participation.'),
    call_id: bigint('The call.'),
    type: varchar('`agent`, `end_user`, `third_party`, `virtual_agent`...'),
    status: varchar('`waiting`, `connected`, `finished`...'),
    user_id: bigint('The agent, if the participant is one.'),
    end_user_id: bigint('The end user, if the participant is one.', { personal: true }),
    call_duration: double('Seconds on the call; null while it lasts.'),
    hold_duration: double('Seconds on hold; null while the call lasts.'),
    connected_at: timestamp('Joined (UTC).'),
    ended_at: timestamp('Left (UTC).'),
    fail_reason: varchar('`nothing`, or why it failed.'),
    phone_number: varchar('Telephone number.', { personal: true }),
  },
});
