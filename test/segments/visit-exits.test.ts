import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED } from './fixtures/calls.ts';
import { visitRow } from './fixtures/duration-rows.ts';

/** A call that was over without an agent among its participants, and of which it is unknown who ended it. */
const CALL: Call = { ...FINISHED, connected_at: null, assigned_at: null, agent_info: null, participants: [] };
const visits = (changes: Call) => computeFacts('call', { ...CALL, ...changes }).queue_visits;

const BY_CALLER = { disconnected_by: 'disconnected_by_end_user' };
const UNKNOWN = { agent_id: undefined };

/** A transfer to queue 19 at 10:05:00. */
const given = (changes: Call = {}): Call => ({
  id: 70,
  created_at: at('10:05:00'),
  from_agent: { id: 5 },
  to_menu: { id: 19 },
  ...changes,
});

describe('a visit that another one follows', () => {
  const second = (changes: Call) => visitRow(2, '10:05:00', '10:06:00', { menu_path: '19', ...changes });
  const first = (changes: Call) => visitRow(1, '10:00:30', '10:01:00', changes);
  const earlier = (status: string | null): Call =>
    given({ id: 69, status, created_at: at('10:00:30'), to_menu: { id: 9 } });

  it.each([
    ['deflected if no agent had the call', first({}), second({}), [], 'deflected'],
    ['deflected if the next agent is not one of the first queue', first({}), second({ agent_id: 5 }), [], 'deflected'],
    ['answered if its agent transferred the call', first({ agent_id: 5 }), second({ transfer: true }), [], 'answered'],
    ['deflected if its agent did not transfer the call', first({ agent_id: 5 }), second({}), [], 'deflected'],
    ['deflected if it was transferred without an agent', first({}), second({ transfer: true }), [], 'deflected'],
    ['answered if an agent made the transfer', first(UNKNOWN), second({ transfer_id: 70 }), [given()], 'answered'],
    [
      'deflected if a virtual agent made the transfer',
      first(UNKNOWN),
      second({ transfer_id: 70 }),
      [given({ from_agent: null, from_virtual_agent: { id: 3 } })],
      'deflected',
    ],
    [
      'answered if the transfer to it succeeded',
      first({ transfer_id: 69 }),
      second({}),
      [earlier('transferred')],
      'answered',
    ],
    ['failed if the transfer to it failed', first({ transfer_id: 69 }), second({}), [earlier('failed')], 'failed'],
    [
      'cancelled if the transfer to it was',
      first({ transfer_id: 69 }),
      second({}),
      [earlier('cancelled')],
      'cancelled',
    ],
    [
      'deflected if the agent who made the transfer to it made the next one',
      first({ transfer_id: 69 }),
      second({ transfer_id: 70 }),
      [earlier(null), given()],
      'deflected',
    ],
  ])('is %s', (_, one, two, transfers, exit) => {
    expect(visits({ queue_durations: [one, two], transfers })[0]?.exit).toBe(exit);
  });
});

describe('the last visit', () => {
  const only = (changes: Call = {}) => ({ queue_durations: [visitRow(1, '10:00:30', '10:06:05', changes)] });
  const transferred = (transfer: Call, changes: Call = {}) => ({
    transfers: [given(transfer)],
    queue_durations: [visitRow(2, '10:05:00', '10:06:05', { menu_path: '19', transfer_id: 70, ...changes })],
  });
  const OPEN = { status: 'connected', ends_at: null };
  const RETURNED = { participants: [agent(5, '10:01:05', '10:05:00'), agent(5, '10:05:30', '10:06:05', 99)] };

  it.each([
    ['open while the call is', { ...OPEN, ...only() }, 'open'],
    ['open while its transfer is', { ...OPEN, ...transferred({ status: 'transferring' }) }, 'open'],
    ['failed as soon as its transfer has', { ...OPEN, ...transferred({ status: 'failed' }) }, 'failed'],
    ['abandoned by its reason', { ...only({ agent_id: 5 }), fail_reason: 'eu_abandoned' }, 'abandoned'],
    [
      'abandoned by the reason of its transfer',
      transferred({ status: 'failed', fail_reason: 'eu_abandoned' }),
      'abandoned',
    ],
    ['cancelled by its reason', { ...only(), fail_reason: 'eu_canceled' }, 'cancelled'],
    ['cancelled with its transfer', { ...transferred({ status: 'cancelled' }), ...BY_CALLER }, 'cancelled'],
    ['voicemail if the call went there', { ...only(), ...BY_CALLER, voicemail_reason: 'queue_timeout' }, 'voicemail'],
    ['answered if its transfer was received', { ...transferred({ status: 'transferred' }), ...BY_CALLER }, 'answered'],
    [
      'failed if the call continued without its transfer',
      { ...transferred({ status: 'failed' }), ...RETURNED, ...BY_CALLER },
      'failed',
    ],
    [
      'abandoned if the call ended with its transfer',
      { ...transferred({ status: 'failed' }), ...BY_CALLER },
      'abandoned',
    ],
    ['abandoned if the caller left', { ...only(), ...BY_CALLER }, 'abandoned'],
    [
      'abandoned if the caller left since no one accepted',
      { ...only(), ...BY_CALLER, fail_reason: 'no_response' },
      'abandoned',
    ],
    [
      'failed if the caller left for another reason',
      { ...only(), ...BY_CALLER, fail_reason: 'voip_conn_timeout' },
      'failed',
    ],
    ['failed if someone else ended it', { ...only(), disconnected_by: 'disconnected_by_system' }, 'failed'],
    ['failed if its agent could not be connected', { ...only({ agent_id: 5 }), ...BY_CALLER }, 'failed'],
    [
      'abandoned if the caller left before the second agent was connected',
      {
        ...BY_CALLER,
        queue_durations: [
          visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 }),
          visitRow(2, '10:05:00', '10:06:05', { menu_path: '19', transfer: true, agent_id: 6 }),
        ],
      },
      'abandoned',
    ],
    ['deflected with the call', { ...only({ agent_id: 5 }), ...BY_CALLER, status: 'deflected' }, 'deflected'],
    ['deflected before an agent accepted', { ...only(), ...BY_CALLER, deflection: 'over_capacity' }, 'deflected'],
    ['not deflected if an agent accepted', { ...only({ agent_id: 5 }), deflection: 'over_capacity' }, 'failed'],
    [
      'not deflected if the call was connected',
      { ...only(), connected_at: at('10:06:00'), deflection: 'over_capacity' },
      'failed',
    ],
    [
      'deflected if the redirection names its transfer',
      { ...transferred({}), ...BY_CALLER, deflection_details: [{ transfer_id: null }, { transfer_id: '70' }] },
      'deflected',
    ],
    [
      'not deflected if the redirection names another transfer',
      { ...transferred({}), ...BY_CALLER, deflection: 'over_capacity', deflection_details: [{ transfer_id: 71 }] },
      'abandoned',
    ],
    [
      'answered if the call was connected and neither participants nor its agent are shown',
      { ...only(UNKNOWN), ...BY_CALLER, connected_at: at('10:06:00'), virtual_agent: { id: 3 } },
      'answered',
    ],
    [
      'not answered by the connection of the first agent',
      {
        ...BY_CALLER,
        connected_at: at('10:01:05'),
        participants: [agent(5, '10:01:05', '10:05:00')],
        queue_durations: [
          visitRow(1, '10:00:30', '10:01:00', UNKNOWN),
          visitRow(2, '10:05:00', '10:06:05', { menu_path: '19', transfer: true, ...UNKNOWN }),
        ],
      },
      'abandoned',
    ],
  ])('is %s', (_, changes, exit) => {
    expect(visits(changes).at(-1)?.exit).toBe(exit);
  });

  it('of a chat is abandoned if the end user left before its agent was connected', () => {
    const chat = { id: 7, chat_type: 'Messaging Inbound (Web Chat)', status: 'finished', created_at: at('10:00:00') };
    const changes = { ...only({ agent_id: 5 }), ends_at: at('10:06:05'), sub_status: 'Disconnected by end user' };
    expect(computeFacts('chat', { ...chat, ...changes }).queue_visits).toMatchObject([{ exit: 'abandoned' }]);
  });
});

describe('the origin of a visit', () => {
  const row = (changes: Call) => ({ queue_durations: [visitRow(1, '10:00:30', '10:06:05', changes)] });

  it.each([
    ['inbound', row({}), 'inbound'],
    ['a transfer if the row says so', row({ transfer: true }), 'transfer'],
    ['a transfer if the row names one', row({ transfer_id: 70 }), 'transfer'],
    ['a transfer by an agent', { ...row({ transfer_id: 70 }), transfers: [given()] }, 'transfer'],
    [
      'an escalation by a virtual agent',
      { ...row({ transfer_id: 70 }), transfers: [given({ from_agent: null, from_virtual_agent: { id: 3 } })] },
      'escalation',
    ],
    ['a campaign', { ...row({}), call_type: 'Voice Campaign' }, 'campaign'],
    ['a callback if it has a parent', { ...row({}), parent_id: 7 }, 'callback'],
    ['a callback by its type', { ...row({}), call_type: 'Voice Callback (Web)' }, 'callback'],
    ['a schedule', { ...row({}), scheduled_at: at('10:00:00') }, 'scheduled'],
  ])('is %s', (_, changes, origin) => {
    expect(visits(changes)).toMatchObject([{ origin }]);
  });
});
