import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED } from './fixtures/calls.ts';

const calls = (changes: Call) => computeFacts('call', { ...FINISHED, ...changes });
const chats = (changes: Call) =>
  computeFacts('chat', {
    id: 7,
    chat_type: 'Messaging Inbound (Web Chat)',
    created_at: at('10:00:00'),
    updated_at: at('10:06:05'),
    menu_path: { name: 'Billing', materialized_path: '9' },
    queue_duration: 0,
    ...changes,
  });

const row = (id: number, from: string, to: string | null, seconds: number | null, changes: Call = {}) => ({
  id,
  agent_id: 5,
  started_at: at(from),
  ended_at: to === null ? null : at(to),
  call_duration: seconds,
  hold_duration: 0,
  acw_duration: 0,
  ...changes,
});

/** Agent 5 hands the call over at 10:05:00. */
const given = (changes: Call) => ({ id: 70, created_at: at('10:05:00'), from_agent: { id: 5 }, ...changes });

describe('rows of one agent', () => {
  it.each([null, 0])('with a duration of %s are wrap-up of the leg before, whatever their times say', (seconds) => {
    const later = row(2, '11:00:00', '11:02:00', seconds, { acw_duration: 120 });
    const { agent_legs } = calls({ handle_durations: [row(1, '10:01:05', '10:06:05', 300), later] });
    expect(agent_legs).toMatchObject([
      { leg_id: 1, ended_at: '2019-06-07T10:06:05.000Z', seconds: 300, wrap_up_seconds: 120 },
    ]);
  });

  it('are one leg that lasts if the agent is back and the call is open', () => {
    const { agent_legs } = calls({
      status: 'connected',
      ends_at: null,
      participants: [agent(5, '10:01:05', '10:03:05'), agent(5, '10:03:10')],
      handle_durations: [row(1, '10:01:05', '10:03:05', 120), row(2, '10:03:10', null, null)],
    });
    expect(agent_legs).toMatchObject([{ leg_id: 1, ended_at: null, seconds: null, handle_seconds: null }]);
  });
});

describe('a transfer', () => {
  it('to a virtual agent is not one between humans', () => {
    const survey = given({ status: 'transferred', to_virtual_agent: { id: 3, name: 'Vesta' } });
    expect(calls({ transfers: [survey] }).outcome.transfers_done).toBe(0);
    expect(calls({ transfers: [given({ status: 'transferred', to_agent: { id: 6 } })] }).outcome.transfers_done).toBe(
      1,
    );
  });

  it('was received when it says so itself, if the participants are not shown', () => {
    const received = given({ status: 'transferred', to_agent: { id: 6 }, connected_at: at('10:05:20') });
    const { transfers } = calls({ participants: null, transfers: [received] });
    expect(transfers).toMatchObject([{ seconds: 20, outcome: 'transferred' }]);
    const failed = calls({ participants: null, transfers: [{ ...received, status: 'failed' }] });
    expect(failed.transfers).toMatchObject([{ received_at: null, seconds: null }]);
  });

  it('is known to be warm as soon as both are connected, and neither cold nor warm before', () => {
    const open = { status: 'connected', ends_at: null };
    const waiting = given({ status: 'transferring', to_menu: { id: 19, name: 'Tech' } });
    const visits = [
      { id: 2, started_at: at('10:05:00'), ended_at: null, transfer: true, transfer_id: 70, transfer_cold: true },
    ];
    const first = agent(5, '10:01:05', null);
    expect(calls({ ...open, participants: [first], transfers: [waiting], queue_durations: visits })).toMatchObject({
      transfers: [{ cold: null }],
      queue_visits: [{ cold: true }],
    });
    const warm = given({ status: 'transferred', to_agent: { id: 6 } });
    const both = [first, agent(6, '10:05:10', null)];
    expect(calls({ ...open, participants: both, transfers: [warm] }).transfers).toMatchObject([{ cold: false }]);
  });

  it('to a queue names the agent of its visit if no one else does', () => {
    const visits = [{ id: 2, started_at: at('10:05:00'), ended_at: at('10:05:20'), agent_id: 6, transfer_id: 70 }];
    const unnamed = given({ status: 'transferred', to_menu: { id: 19, name: 'Tech' } });
    const changes = { participants: null, transfers: [unnamed], queue_durations: visits };
    expect(calls(changes).transfers).toMatchObject([{ to_agent_id: 6 }]);
    expect(calls({ ...changes, transfers: [{ ...unnamed, status: 'failed' }] }).transfers).toMatchObject([
      { to_agent_id: null },
    ]);
  });
});

describe('a queue visit', () => {
  it('has ended when the caller leaves a message', () => {
    const voicemail = { status: 'voicemail', voicemail_reason: 'queue_timeout', connected_at: null, assigned_at: null };
    const visits = [{ id: 1, started_at: at('10:00:30'), ended_at: at('10:02:00'), agent_id: null }];
    expect(calls({ ...voicemail, ends_at: null, participants: [], queue_durations: visits })).toMatchObject({
      queue_visits: [{ exit: 'voicemail', seconds: 90 }],
      outcome: { outcome: 'open' },
    });
  });

  it('is there while a chat waits, and not if an agent began the chat', () => {
    const waiting = chats({ status: 'queued' });
    expect(waiting.queue_visits).toMatchObject([{ exit: 'open', entered_at: null, seconds: null, queue_id: 9 }]);
    const assigned = { status: 'assigned', assigned_at: at('10:00:00') };
    expect(chats(assigned).queue_visits).toHaveLength(1);
    expect(chats({ ...assigned, chat_type: 'Messaging Outbound (SMS)' }).queue_visits).toEqual([]);
  });

  it('that a transfer began is not answered by the agent who had the chat before', () => {
    const transfers = [given({ status: 'failed', fail_reason: 'no_response', to_menu: { id: 19, name: 'Tech' } })];
    const ended = {
      chat_type: 'Messaging Outbound (SMS)',
      status: 'finished',
      fail_reason: 'no_response',
      assigned_at: at('10:00:00'),
      ends_at: at('10:09:00'),
      sub_status: 'Disconnected by end user',
      participants: [{ id: 1, type: 'agent', user_id: 5, connected_at: at('10:00:00'), ended_at: at('10:05:00') }],
      transfers,
    };
    expect(chats(ended).queue_visits).toMatchObject([{ exit: 'abandoned', seconds: 240, queue_id: 19 }]);
  });
});

describe('a redirection', () => {
  it('deflects the first visit, not the second one whose agent could not be connected', () => {
    const queue_durations = [
      { id: 1, started_at: at('10:00:30'), ended_at: at('10:00:45'), menu_path: '9', agent_id: null },
      { id: 2, started_at: at('10:00:45'), ended_at: at('10:01:00'), menu_path: '19', agent_id: 5 },
    ];
    const failed = { status: 'failed', fail_reason: 'voip_conn_timeout', connected_at: null, participants: [] };
    const changes = { ...failed, deflection: 'temp_redirection_queue', queue_durations };
    expect(calls(changes).queue_visits).toMatchObject([{ exit: 'deflected' }, { exit: 'failed' }]);
  });
});

describe('a virtual agent', () => {
  const leg = (from: string, to: string) => [{ id: 1, started_at: at(from), ended_at: at(to), duration: 20 }];

  it('who left before the call failed did not fail', () => {
    const failed = { status: 'failed', fail_reason: 'voip_conn_timeout', participants: [], connected_at: null };
    const outcome = (to: string) =>
      calls({ ...failed, virtual_agent_handle_durations: leg('10:00:40', to) }).virtual_agent_legs[0]?.outcome;
    expect(outcome('10:01:00')).toBe('undefined');
    expect(outcome('10:06:05')).toBe('failed');
  });

  it('who talks to a caller from one queue into the next is in the queue', () => {
    const queue_durations = [
      { id: 1, started_at: at('10:00:30'), ended_at: at('10:00:45'), menu_path: '9', agent_id: null },
      { id: 2, started_at: at('10:00:45'), ended_at: at('10:01:00'), menu_path: '19', agent_id: 5 },
    ];
    const inQueue = (from: string, to: string) =>
      calls({ queue_durations, virtual_agent_handle_durations: leg(from, to) }).virtual_agent_legs[0]?.in_queue;
    expect(inQueue('10:00:35', '10:00:58')).toBe(true);
    expect(inQueue('10:00:10', '10:00:58')).toBe(false);
  });
});
