import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED, row, transfer } from './fixtures/calls.ts';

const calls = (changes: Call) => computeFacts('call', { ...FINISHED, ...changes });

/** A call that agent 5 transferred at 10:05:00 to queue 19, where it waited. */
const TRANSFERRED = {
  ends_at: at('10:10:00'),
  disconnected_by: 'disconnected_by_end_user',
  participants: [agent(5, '10:01:05', '10:05:00')],
  transfers: [
    { id: 70, status: 'failed', created_at: at('10:05:00'), from_agent: { id: 5 }, to_menu: { id: 19, name: 'Tech' } },
  ],
};

const visit = (id: number, from: string, to: string | null, changes: Call = {}) => ({
  id,
  started_at: at(from),
  ended_at: to === null ? null : at(to),
  queue_duration: to === null ? 0 : (Date.parse(at(to)) - Date.parse(at(from))) / 1000,
  menu_path: '9',
  agent_id: null,
  transfer: false,
  transfer_id: null,
  transfer_cold: null,
  service_level_event: null,
  ...changes,
});

const leg = (id: number, user: number, from: string, to: string, changes: Call = {}) => ({
  id,
  agent_id: user,
  started_at: at(from),
  ended_at: at(to),
  call_duration: (Date.parse(at(to)) - Date.parse(at(from))) / 1000,
  hold_duration: 0,
  acw_duration: 0,
  bcw_duration: 0,
  transfer: false,
  menu_path: '9',
  ...changes,
});

describe('a queue visit', () => {
  it('is derived from the times of the call where the API lists none', () => {
    expect(calls({}).queue_visits).toMatchObject([
      { visit_no: 1, seconds: 30, exit: 'answered', origin: 'inbound', source: 'derived' },
    ]);
  });

  it.each([['derived'], ['array']])(
    'after a transfer is abandoned on its own, and the call stays answered (%s)',
    (source) => {
      const facts = calls({
        ...TRANSFERRED,
        fail_reason: 'eu_abandoned',
        ...(source === 'array' && {
          queue_durations: [
            visit(11, '10:00:30', '10:01:00', { agent_id: 5 }),
            visit(12, '10:05:00', '10:10:00', {
              menu_path: '19',
              transfer: true,
              transfer_id: 70,
              transfer_cold: true,
            }),
          ],
        }),
      });
      expect(facts.queue_visits).toMatchObject([
        { exit: 'answered', agent_id: 5, seconds: 30, source },
        { exit: 'abandoned', queue_id: 19, seconds: 300, origin: 'transfer', transfer_id: 70, is_first: false, source },
      ]);
      expect(facts.outcome).toMatchObject({ outcome: 'answered', abandoned_after_answer: true, queue_visits: 2 });
    },
  );

  it.each([
    ['abandoned', { fail_reason: 'eu_abandoned' }, 'abandoned_queue'],
    ['cancelled', { fail_reason: 'eu_canceled', status: 'failed' }, 'cancelled'],
    ['deflected', { status: 'deflected', deflection: 'over_capacity' }, 'deflected'],
    ['voicemail', { status: 'voicemail_read', voicemail_reason: 'after_hours' }, 'voicemail'],
    ['failed', { status: 'failed', fail_reason: 'voip_conn_timeout' }, 'failed'],
  ])('ends %s, and so does the call', (exit, changes, outcome) => {
    const facts = calls({ ...changes, assigned_at: null, connected_at: null, call_duration: 0, participants: [] });
    expect(facts.queue_visits).toMatchObject([{ exit, seconds: 335 }]);
    expect(facts.outcome.outcome).toBe(outcome);
    expect(facts.agent_legs).toEqual([]);
  });

  it('is open while the call waits', () => {
    const facts = calls({ status: 'queued', assigned_at: null, connected_at: null, ends_at: null, participants: [] });
    expect(facts.queue_visits).toMatchObject([{ exit: 'open', seconds: null, left_at: null }]);
    expect(facts.outcome.outcome).toBe('open');
  });

  it('continues when the call is offered again in the same queue', () => {
    const facts = calls({
      queue_durations: [
        visit(1, '10:00:30', '10:00:40', { agent_id: 4 }),
        visit(2, '10:00:40', '10:01:00', { agent_id: 5 }),
      ],
      participants: [agent(5, '10:01:05', '10:06:05')],
    });
    expect(facts.queue_visits).toMatchObject([{ visit_no: 1, seconds: 30, exit: 'answered', agent_id: 5 }]);
  });

  it('ends deflected when the call is redirected to another queue before anyone accepts', () => {
    const facts = calls({
      queue_durations: [
        visit(1, '10:00:30', '10:00:40'),
        visit(2, '10:00:40', '10:01:00', { agent_id: 5, menu_path: '19' }),
      ],
      participants: [agent(5, '10:01:05', '10:06:05')],
      deflection: 'temp_redirection_queue',
    });
    expect(facts.queue_visits).toMatchObject([
      { exit: 'deflected', queue_id: 9 },
      { exit: 'answered', queue_id: 19 },
    ]);
    expect(facts.outcome.outcome).toBe('answered');
  });

  it.each([
    ['zero', 0],
    ['doubled', 60],
  ])('is as long as its times where the API sent %s', (_, queue_duration) => {
    const facts = calls({ queue_durations: [visit(1, '10:00:30', '10:01:00', { agent_id: 1, queue_duration })] });
    expect(facts.queue_visits).toMatchObject([{ seconds: 30 }]);
    expect(facts.anomalies).toContain('recomputed:queue_durations[].queue_duration');
  });

  it('of a chat without its time of entry is as long as the API says', () => {
    const facts = computeFacts('chat', {
      id: 1,
      chat_type: 'Messaging Inbound (Web Chat)',
      status: 'finished',
      created_at: at('10:00:00'),
      assigned_at: at('10:00:10'),
      ends_at: at('10:05:00'),
      queue_duration: 6,
      selected_menu: { id: 9, name: 'Billing' },
      participants: [{ id: 1, type: 'agent', user_id: '5', connected_at: at('10:00:10'), finished_at: at('10:05:00') }],
    });
    expect(facts.queue_visits).toMatchObject([
      { entered_at: '2019-06-07T10:00:04.000Z', seconds: 6, exit: 'answered', agent_id: 5, queue_id: 9 },
    ]);
    expect(facts.agent_legs).toMatchObject([{ agent_id: 5, seconds: 290, visit_no: 1 }]);
  });

  it('of a callback says so', () => {
    expect(calls({ parent_id: 7, call_type: 'Voice Callback (Web)' }).queue_visits[0]?.origin).toBe('callback');
    expect(calls({ scheduled_at: at('10:00:00') }).queue_visits[0]?.origin).toBe('scheduled');
  });
});

describe('an agent leg', () => {
  it('adds wrap-up that was recorded later, and counts no row twice', () => {
    const facts = calls({
      participants: [agent(5, '10:01:05', '10:06:05')],
      handle_durations: [
        leg(21, 5, '10:01:05', '10:06:05', { hold_duration: 45, acw_duration: 20 }),
        leg(21, 5, '10:01:05', '10:06:05', { hold_duration: 45, acw_duration: 20 }),
        {
          id: 22,
          agent_id: 5,
          started_at: at('10:20:00'),
          ended_at: at('10:20:00'),
          call_duration: 0,
          acw_duration: 15,
        },
      ],
    });
    expect(facts.agent_legs).toMatchObject([
      { agent_id: 5, seconds: 300, talk_seconds: 255, wrap_up_seconds: 35, handle_seconds: 335, source: 'array' },
    ]);
    expect(facts.anomalies).toEqual(['duplicate:handle_durations']);
  });

  it.each([['derived'], ['array']])('of an agent who left and rejoined is one (%s)', (source) => {
    const facts = calls({
      participants: [agent(5, '10:01:05', '10:03:00'), { ...agent(5, '10:04:00', '10:06:05'), id: 99 }],
      ...(source === 'array' && {
        handle_durations: [leg(1, 5, '10:01:05', '10:03:00'), leg(2, 5, '10:04:00', '10:06:05')],
      }),
    });
    expect(facts.agent_legs).toMatchObject([{ agent_id: 5, seconds: 240, source }]);
  });

  it('of an agent who got the call back is a second one', () => {
    const facts = calls({
      participants: [
        agent(5, '10:01:05', '10:03:00'),
        agent(6, '10:03:00', '10:04:00'),
        { ...agent(5, '10:04:10', '10:06:05'), id: 99 },
      ],
      transfers: [transfer('10:02:50', 6), transfer('10:03:50', 5)],
    });
    expect(facts.agent_legs.map(({ agent_id, via_transfer }) => [agent_id, via_transfer])).toEqual([
      [5, false],
      [6, true],
      [5, true],
    ]);
  });

  it('has before-call work in campaigns', () => {
    const facts = calls({ call_type: 'Voice Campaign' });
    expect(facts.agent_legs[0]?.before_call_seconds).toBe(5);
    expect(facts.outcome).toMatchObject({ is_campaign: true, direction: 'outbound' });
  });

  it('does not exist for a supervisor who listens', () => {
    const participants = [agent(5, '10:01:05', '10:06:05'), row('supervisor', '10:02:00', '10:03:00')];
    expect(calls({ participants }).agent_legs).toHaveLength(1);
  });
});

describe('a transfer', () => {
  it('that failed and its retry are two facts, and only the second was received', () => {
    const facts = calls({
      participants: [agent(1, '10:01:05', '10:06:05'), agent(2, '10:02:45', '10:06:05')],
      transfers: [
        { ...transfer('10:02:00', 2), id: 1, status: 'failed', from_agent: { id: 1 } },
        { ...transfer('10:02:30', 2), id: 2, from_agent: { id: 1 } },
      ],
    });
    expect(facts.transfers).toMatchObject([
      { outcome: 'failed', received_at: null, is_retry: false },
      { outcome: 'transferred', seconds: 15, is_retry: true, cold: false, kind: 'agent' },
    ]);
  });

  it('from a virtual agent to a queue is an escalation and begins the visit', () => {
    const facts = calls({
      virtual_agent: { id: 1 },
      escalations: [{ id: 3, reason: 'by_virtual_agent' }],
      virtual_agent_handle_durations: [
        { id: 3, started_at: at('10:00:05'), ended_at: at('10:00:29'), duration: 24, finish_reason: 'escalated' },
      ],
      transfers: [
        { id: 4, status: 'transferred', created_at: at('10:00:30'), from_virtual_agent: { id: 1 }, to_menu: { id: 9 } },
      ],
    });
    expect(facts.queue_visits).toMatchObject([{ origin: 'escalation', seconds: 30, exit: 'answered' }]);
    expect(facts.transfers).toMatchObject([{ is_escalation: true, kind: 'queue' }]);
    expect(facts.virtual_agent_legs).toMatchObject([{ outcome: 'escalated', seconds: 24, reason: 'by_virtual_agent' }]);
    expect(facts.outcome).toMatchObject({ outcome: 'answered', escalations_done: 1, transfers_done: 0 });
  });
});

describe('the outcome', () => {
  it.each([
    ['abandoned_menu', { fail_reason: 'eu_in_menu_abandoned', status: 'failed' }],
    ['va_only', { virtual_agent_handle_durations: [{ id: 1, started_at: at('10:00:05'), ended_at: at('10:01:00') }] }],
    ['recovered', { status: 'recovered', fail_reason: 'eu_noti_failed' }],
    ['no_agent', {}],
  ])('is %s', (outcome, changes) => {
    const alone = { queued_at: null, assigned_at: null, connected_at: null, participants: [], call_duration: 0 };
    expect(calls({ ...alone, ...changes }).outcome.outcome).toBe(outcome);
  });

  it('is no conference for two agents who call each other', () => {
    const participants = [agent(1, '10:01:05', '10:06:05'), agent(2, '10:01:05', '10:06:05')];
    expect(calls({ call_type: 'Voice Internal', participants }).outcome.has_conference).toBe(false);
    expect(calls({ participants }).outcome.has_conference).toBe(true);
  });
});

it('whatever the API sends, facts are no error and have at most a thousand rows of a kind', () => {
  const rows = fc.array(
    fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(
          'id',
          'agent_id',
          'started_at',
          'ended_at',
          'transfer_id',
          'menu_path',
          'queue_duration',
          'status',
          'created_at',
          'to_menu',
          'to_agent',
          'from_agent',
        ),
        fc.oneof(fc.jsonValue(), fc.constantFrom(at('10:01:00'), at('10:02:00'), { id: 5 })),
      ),
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom('call' as const, 'chat' as const),
      rows,
      rows,
      rows,
      rows,
      fc.jsonValue(),
      (channel, qd, hd, t, va, other) => {
        const facts = computeFacts(channel, {
          ...FINISHED,
          queue_durations: qd,
          handle_durations: hd,
          transfers: t,
          virtual_agent_handle_durations: va,
          menu_path: other,
          disconnected_by: other,
          escalations: other,
        });
        const [left] = facts.queue_visits;
        expect(left === undefined || left.visit_no === 1).toBe(true);
        expect(facts.queue_visits.length + facts.transfers.length).toBeLessThanOrEqual(
          qd.length + t.length + 1 + t.length,
        );
      },
    ),
  );
  const many = Array.from({ length: 3_000 }, (_, id) => leg(id, id, '10:01:05', '10:06:05'));
  const facts = calls({ handle_durations: many });
  expect(facts.agent_legs).toHaveLength(1_000);
  expect(facts.anomalies).toContain('truncated:handle_durations');
});
