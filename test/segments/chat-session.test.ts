import { describe, expect, it } from 'vitest';
import { computeChatSegments } from '../../lambdas/segments/chat-segments.ts';
import { at, type Call } from './fixtures/calls.ts';

/** A chat that agent 5 had from 10:00:30 to 10:05:30. */
const CHAT: Call = {
  id: 7,
  chat_type: 'Messaging Inbound (Web Chat)',
  status: 'finished',
  fail_reason: null,
  deflection: 'no_deflection',
  created_at: at('10:00:00'),
  queued_at: at('10:00:05'),
  assigned_at: at('10:00:20'),
  ends_at: at('10:05:30'),
  updated_at: at('10:06:00'),
  selected_menu: { id: 9, name: 'Billing' },
  participants: [{ id: 1, type: 'agent', user_id: '5', connected_at: at('10:00:30'), finished_at: at('10:05:30') }],
};
const chats = (changes: Call) => computeChatSegments({ ...CHAT, ...changes });

describe('a chat', () => {
  it('is identified, timed and final a day after its end', () => {
    const { facts, ...chat } = chats({});
    expect(chat).toEqual({
      chat_id: 7,
      chat_type: 'Messaging Inbound (Web Chat)',
      family: 'chat',
      status: 'finished',
      created_at: '2019-06-07T10:00:00.000Z',
      updated_at: '2019-06-07T10:06:00.000Z',
      settled_after: '2019-06-08T10:05:30.000Z',
      anomalies: [],
    });
    expect(facts.details).toMatchObject({
      queued_at: '2019-06-07T10:00:05.000Z',
      assigned_at: '2019-06-07T10:00:20.000Z',
      connected_at: '2019-06-07T10:00:30.000Z',
      ended_at: '2019-06-07T10:05:30.000Z',
    });
  });

  it('has nulls where the API sends nothing', () => {
    expect(computeChatSegments({})).toMatchObject({
      chat_id: null,
      chat_type: null,
      family: 'chat',
      status: null,
      created_at: null,
      updated_at: null,
      settled_after: null,
      anomalies: [],
      facts: { outcome: { outcome: 'open', direction: 'inbound' }, queue_visits: [], agent_legs: [] },
    });
  });

  it.each([
    ['Messaging Inbound (Web Chat)', 'chat', 'inbound'],
    ['Messaging Outbound (SMS)', 'outbound', 'outbound'],
    ['messaging outbound', 'outbound', 'outbound'],
    [null, 'chat', 'inbound'],
  ])('of the type %s is of the family %s and %s', (chat_type, family, direction) => {
    expect(chats({ chat_type })).toMatchObject({ family, facts: { outcome: { direction } } });
  });

  it('has the new type rather than the old one', () => {
    expect(chats({ session_type_v2: 'Messaging Outbound (SMS)' })).toMatchObject({
      chat_type: 'Messaging Outbound (SMS)',
      family: 'outbound',
    });
  });

  it.each(['finished', 'failed', 'canceled', 'cancelled', 'abandoned', 'no_response', 'deflected'])(
    'is over with the status %s, without an end too',
    (status) => {
      const { facts, settled_after } = chats({ status, ends_at: null });
      expect(facts.outcome.outcome).not.toBe('open');
      expect(settled_after).toBeNull();
    },
  );

  it.each(['queued', 'assigned', 'connected', 'dismissed', ''])('is open with the status "%s"', (status) => {
    expect(chats({ status, ends_at: null }).facts.outcome.outcome).toBe('open');
  });

  it('ends when either field says so', () => {
    const ended = (changes: Call) => chats(changes).facts.details.ended_at;
    expect(ended({ ends_at: undefined, ended_at: at('10:05:40') })).toBe('2019-06-07T10:05:40.000Z');
    expect(ended({ ended_at: at('10:05:40') })).toBe('2019-06-07T10:05:30.000Z');
    expect(chats({ status: null, ends_at: null, ended_at: at('10:05:40') }).facts.outcome.outcome).toBe('answered');
  });

  it.each([
    ['connected_at, if it is sent', { connected_at: at('10:00:28') }, '2019-06-07T10:00:28.000Z'],
    ['the first agent, else', {}, '2019-06-07T10:00:30.000Z'],
    [
      'its assignment, if an agent is named without a row',
      { participants: null, agent_info: { id: 5 } },
      '2019-06-07T10:00:20.000Z',
    ],
    ['nothing, if no agent is named', { participants: null, agent_info: {} }, null],
  ])('is connected at the time of %s', (_, changes, connected) => {
    expect(chats(changes).facts.details.connected_at).toBe(connected);
  });

  it.each(['queued_at', 'assigned_at', 'connected_at', 'created_at', 'ends_at', 'ended_at'])(
    'names %s in an anomaly if it cannot be read, or is of another age',
    (field) => {
      expect(chats({ ends_at: null, [field]: 'soon' }).anomalies).toContain(`bad_timestamp:${field}`);
      expect(chats({ ends_at: null, [field]: at('10:05:30').replace('2019', '1970') }).anomalies).toContain(
        `implausible:${field}`,
      );
    },
  );

  it('lists each anomaly once, sorted', () => {
    const unread = { type: 'agent', connected_at: 'soon' };
    expect(chats({ created_at: 'soon', assigned_at: 'soon', participants: [unread, unread] }).anomalies).toEqual([
      'bad_timestamp:assigned_at',
      'bad_timestamp:created_at',
      'bad_timestamp:participants[].connected_at',
    ]);
  });

  it('bounds the times of its transfers', () => {
    expect(chats({ transfers: [{ id: 70, created_at: at('10:09:00') }] }).anomalies).toEqual([
      'implausible:transfers[].created_at',
    ]);
  });

  it('is known by its text where the id is not a number', () => {
    expect(chats({ id: '7' }).chat_id).toBe(7);
    expect(chats({ id: 'c-7' }).chat_id).toBe('c-7');
  });

  it('has a third party if one was connected', () => {
    const external = { id: 2, type: 'third_party', connected_at: at('10:01:00'), ended_at: at('10:02:00') };
    expect(chats({}).facts.outcome.has_third_party).toBe(false);
    expect(chats({ participants: [external] }).facts.outcome).toMatchObject({
      has_third_party: true,
      has_conference: false,
    });
  });
});
