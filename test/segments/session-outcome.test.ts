import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED, row } from './fixtures/calls.ts';
import { visitRow } from './fixtures/duration-rows.ts';

/** A call that was over without a queue or an agent. */
const CALL: Call = {
  ...FINISHED,
  queued_at: null,
  assigned_at: null,
  connected_at: null,
  agent_info: null,
  participants: [],
};
const compute = (changes: Call) => computeFacts('call', { ...CALL, ...changes }).outcome;
const outcome = (changes: Call) => compute(changes).outcome;

const BY_CALLER = { disconnected_by: 'disconnected_by_end_user' };
const HAD = { connected_at: at('10:01:05'), participants: [agent(5, '10:01:05', '10:06:05')] };
const QUEUED = { queued_at: at('10:00:30') };
const VIRTUAL = { virtual_agent_handle_durations: [{ id: 1, started_at: at('10:00:05'), ended_at: at('10:01:00') }] };

describe('the outcome of a session', () => {
  it.each([
    ['open', { status: 'connected', ends_at: null }, 'open'],
    ['open while a message is being left', { status: 'voicemail', ends_at: null }, 'open'],
    ['a voicemail as soon as it was received', { status: 'voicemail_received', ends_at: null }, 'voicemail'],
    ['a voicemail when it is over', { status: 'voicemail' }, 'voicemail'],
    [
      'abandoned in the menu by its reason',
      { fail_reason: 'eu_in_menu_abandoned', status: 'failed' },
      'abandoned_menu',
    ],
    ['answered if an agent had it, whatever the reason', { ...HAD, fail_reason: 'eu_in_menu_abandoned' }, 'answered'],
    ['abandoned in the queue by its reason', { fail_reason: 'eu_abandoned' }, 'abandoned_queue'],
    ['abandoned in the queue by its last visit', { ...QUEUED, ...BY_CALLER }, 'abandoned_queue'],
    ['answered if an agent had it before the caller left', { ...HAD, fail_reason: 'eu_abandoned' }, 'answered'],
    ['cancelled', { fail_reason: 'eu_canceled', status: 'failed' }, 'cancelled'],
    ['deflected by the field', { deflection: 'over_capacity' }, 'deflected'],
    ['deflected by its status', { ...HAD, status: 'deflected' }, 'deflected'],
    ['answered if an agent had it after a redirection', { ...HAD, deflection: 'over_capacity' }, 'answered'],
    ['recovered', { ...HAD, status: 'recovered' }, 'recovered'],
    ['failed', { ...HAD, status: 'failed' }, 'failed'],
    ['answered', HAD, 'answered'],
    ['that of a virtual agent alone', VIRTUAL, 'va_only'],
    [
      'that of a virtual agent alone, also if it connected the call',
      { ...VIRTUAL, connected_at: at('10:00:05') },
      'va_only',
    ],
    [
      'answered if it was connected and no agent is shown',
      { connected_at: at('10:01:05'), virtual_agent: { id: 3 } },
      'answered',
    ],
    ['abandoned in the menu if the caller left it', BY_CALLER, 'abandoned_menu'],
    [
      'abandoned in the menu with the end user alone',
      { ...BY_CALLER, participants: [row('end_user', '10:00:00')] },
      'abandoned_menu',
    ],
    ['without an agent if it is unknown who ended it', {}, 'no_agent'],
    ['without an agent if the status alone says so', { status: 'abandoned', ends_at: at('10:06:05') }, 'no_agent'],
    ['without an agent if the system ended it', { disconnected_by: 'disconnected_by_system' }, 'no_agent'],
    ['without an agent if it had a reason', { ...BY_CALLER, fail_reason: 'voip_conn_timeout' }, 'no_agent'],
    ['without an agent if it was outbound', { ...BY_CALLER, call_type: 'Voice Outbound (API)' }, 'no_agent'],
    ['without an agent if one was assigned', { ...BY_CALLER, assigned_at: at('10:01:00') }, 'no_agent'],
    [
      'without an agent if a virtual agent was called',
      { ...BY_CALLER, participants: [row('end_user', '10:00:00'), row('virtual_agent', null)] },
      'no_agent',
    ],
    [
      'without an agent if it failed in a queue',
      { ...BY_CALLER, queue_durations: [visitRow(1, '10:00:30', '10:06:05', { agent_id: 5 })] },
      'no_agent',
    ],
  ])('is %s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });

  it('is not answered for a chat without an agent, and no chat has a menu to leave', () => {
    const chat = { id: 7, created_at: at('10:00:00'), status: 'finished', ends_at: at('10:06:05') };
    const virtual = { connected_at: at('10:01:05'), virtual_agent: { id: 3 } };
    expect(computeFacts('chat', { ...chat, ...virtual }).outcome.outcome).toBe('no_agent');
    expect(computeFacts('chat', { ...chat, ...BY_CALLER }).outcome.outcome).toBe('no_agent');
  });
});

describe('what happened in a session', () => {
  it('is described with its first and last queue and agent', () => {
    const queue_durations = [
      visitRow(1, '10:00:30', '10:01:00', { agent_id: 5, menu_path: '1/9' }),
      visitRow(2, '10:03:00', '10:03:08', { menu_path: '19', agent_id: 6, transfer: true, transfer_id: 70 }),
    ];
    const to19 = { created_at: at('10:03:00'), from_agent: { id: 5 }, to_menu: { id: 19, name: 'Tech' } };
    expect(
      compute({
        connected_at: at('10:01:05'),
        selected_menu: { id: 9, name: 'Billing' },
        participants: [agent(5, '10:01:05', '10:03:05'), agent(6, '10:03:10', '10:06:05')],
        queue_durations,
        transfers: [{ ...to19, id: 70 }],
      }),
    ).toEqual({
      outcome: 'answered',
      abandoned_after_answer: false,
      direction: 'inbound',
      has_menu: true,
      has_queue: true,
      first_queue_id: 9,
      first_queue_path: '1/9',
      first_queue_name: 'Billing',
      last_queue_id: 19,
      last_queue_path: '19',
      last_queue_name: 'Tech',
      first_agent_id: 5,
      last_agent_id: 6,
      is_internal: false,
      is_campaign: false,
      is_callback: false,
      is_voicemail: false,
      is_voicemail_read: false,
      has_virtual_agent: false,
      has_conference: false,
      has_third_party: false,
      transfers_done: 1,
      escalations_done: 0,
      queue_visits: 2,
      agent_legs: 2,
    });
  });

  it('has the queue of the call if it entered none', () => {
    const menu_path = { name: 'Billing', materialized_path: '1/9' };
    const queue = { queue_id: 9, queue_path: '1/9', queue_name: 'Billing' };
    const named = (prefix: string) =>
      Object.fromEntries(Object.entries(queue).map(([key, value]) => [`${prefix}_${key}`, value]));
    expect(compute({ menu_path })).toMatchObject({ has_queue: false, ...named('first'), ...named('last') });
  });

  it('has the first and last agent that are known, and the last one of the call before them', () => {
    const participants = [
      agent(null, '10:01:05', '10:02:00'),
      agent(5, '10:02:00', '10:03:00'),
      agent(6, '10:03:00', '10:04:00'),
      agent(null, '10:04:00', '10:05:00', 9),
    ];
    expect(compute({ participants })).toMatchObject({ first_agent_id: 5, last_agent_id: 6 });
    expect(compute({ participants, agent_info: { id: '7' } })).toMatchObject({ last_agent_id: 7 });
    expect(compute({})).toMatchObject({ first_agent_id: null, last_agent_id: null });
  });

  it('was abandoned after an answer only if an agent had it', () => {
    const last = visitRow(2, '10:05:00', '10:06:05', { menu_path: '19', transfer: true });
    const abandoned = { fail_reason: 'eu_abandoned', queue_durations: [last] };
    expect(compute(abandoned)).toMatchObject({ abandoned_after_answer: false });
    const had = { connected_at: at('10:01:05'), participants: [agent(5, '10:01:05', '10:05:00')] };
    expect(compute({ ...had, ...abandoned })).toMatchObject({ abandoned_after_answer: true });
    expect(compute({ ...had, ...abandoned, queue_durations: [] })).toMatchObject({ abandoned_after_answer: false });
  });

  it.each([
    [{ call_type: 'Voice Internal' }, { is_internal: true, direction: 'internal', has_menu: false }],
    [{ call_type: 'Voice Campaign' }, { is_campaign: true, direction: 'outbound' }],
    [{ call_type: 'Voice Callback (Web)' }, { is_callback: true }],
    [{ call_type: 'Voice Scheduled (App)' }, { is_callback: true }],
    [{ parent_id: 41 }, { is_callback: true }],
    [{ status: 'voicemail_read' }, { is_voicemail: true, is_voicemail_read: true }],
    [{ voicemail_reason: 'queue_timeout' }, { is_voicemail: true, is_voicemail_read: false }],
    [VIRTUAL, { has_virtual_agent: true }],
    [{ virtual_agent: { id: 3 } }, { has_virtual_agent: true }],
    [{ virtual_agent: {} }, { has_virtual_agent: false }],
    [{ participants: [row('third_party', '10:01:05', '10:02:00')] }, { has_third_party: true }],
  ])('with %j is %j', (changes, expected) => {
    expect(compute(changes)).toMatchObject(expected);
  });

  it('counts what was done, not what was tried', () => {
    const one = { created_at: at('10:03:00'), from_agent: { id: 5 }, to_agent: { id: 6 } };
    const escalation = { ...one, from_agent: null, from_virtual_agent: { id: 3 } };
    const transfers = [
      { ...one, id: 1, status: 'transferred' },
      { ...one, id: 2, status: 'failed' },
      { ...one, id: 3, status: 'transferred', to_agent: null, to_virtual_agent: { id: 4 } },
      { ...escalation, id: 4, status: 'transferred' },
      { ...escalation, id: 5, status: 'transferred' },
      { ...escalation, id: 6, status: 'failed' },
    ];
    expect(compute({ transfers })).toMatchObject({ transfers_done: 1, escalations_done: 2 });
  });
});
