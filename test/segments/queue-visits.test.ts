import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED } from './fixtures/calls.ts';
import { legRow, visitRow } from './fixtures/duration-rows.ts';

/** A call that agent 5 had from 10:01:05 to 10:06:05. */
const CALL: Call = { ...FINISHED, agent_info: { id: 5 }, participants: [agent(5, '10:01:05', '10:06:05')] };
const calls = (changes: Call) => computeFacts('call', { ...CALL, ...changes });
const visits = (changes: Call) => calls(changes).queue_visits;

/** The record does not say which agent took the call out of the queue. */
const UNKNOWN = { agent_id: undefined };

describe('the leg that answered a visit', () => {
  it('does not exist if the record says that no agent took the call out of the queue', () => {
    const { queue_visits, agent_legs } = calls({ queue_durations: [visitRow(1, '10:00:30', '10:01:00')] });
    expect(queue_visits).toMatchObject([{ exit: 'failed', agent_id: null }]);
    expect(agent_legs).toMatchObject([{ agent_id: 5, visit_no: null }]);
  });

  it('is not one that the same agent had before the visit', () => {
    const again = visitRow(2, '10:05:00', null, { agent_id: 5, transfer: true });
    expect(
      visits({
        status: 'assigned',
        ends_at: null,
        participants: [agent(5, '10:01:05', '10:05:00')],
        queue_durations: [again],
      }),
    ).toMatchObject([{ exit: 'open', agent_id: 5 }]);
  });

  it('is that of its agent, also if another agent connected earlier', () => {
    const participants = [agent(6, '10:01:02', '10:06:05'), agent(5, '10:01:05', '10:06:05')];
    const { queue_visits, agent_legs } = calls({
      participants,
      queue_durations: [visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 })],
    });
    expect(queue_visits).toMatchObject([{ exit: 'answered', agent_id: 5 }]);
    expect(agent_legs).toMatchObject([
      { agent_id: 6, visit_no: null },
      { agent_id: 5, visit_no: 1 },
    ]);
  });

  it('can be one whose agent is not known', () => {
    const { queue_visits, agent_legs } = calls({
      participants: [agent(null, '10:01:05', '10:06:05')],
      queue_durations: [visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 })],
    });
    expect(queue_visits).toMatchObject([{ exit: 'answered', agent_id: 5 }]);
    expect(agent_legs).toMatchObject([{ agent_id: null, visit_no: 1 }]);
  });

  it('is the next one where neither the agent nor a time is known', () => {
    const { agent_legs } = calls({ queue_durations: [{ id: 1, menu_path: '9' }] });
    expect(agent_legs).toMatchObject([{ agent_id: 5, visit_no: 1 }]);
  });

  it.each([
    ['starts ten minutes after the visit', '10:11:00', UNKNOWN, 1],
    ['does not start more than ten minutes after it', '10:11:00.001', UNKNOWN, null],
    ['may start later if the visit names its agent', '10:21:00', { agent_id: 5 }, 1],
  ])('%s', (_, connected, changes, visit_no) => {
    const { agent_legs } = calls({
      ends_at: at('10:30:00'),
      connected_at: at(connected),
      participants: [agent(5, connected, '10:30:00')],
      queue_durations: [visitRow(1, '10:00:30', '10:01:00', changes)],
    });
    expect(agent_legs).toMatchObject([{ visit_no }]);
  });

  it('answers one visit only', () => {
    const queue_durations = [
      visitRow(1, '10:00:30', '10:00:50', UNKNOWN),
      visitRow(2, '10:00:59.800', '10:01:00', { menu_path: '19', ...UNKNOWN }),
    ];
    const early = agent(5, '10:00:59.500', '10:06:05');
    expect(calls({ queue_durations, participants: [early] }).agent_legs).toMatchObject([{ visit_no: 1 }]);
    expect(visits({ queue_durations, participants: [early] })).toMatchObject([
      { exit: 'answered', agent_id: 5 },
      { agent_id: null },
    ]);
  });
});

describe('a leg that a transfer to its agent brought', () => {
  const given = (changes: Call): Call => ({
    id: 70,
    status: 'transferred',
    created_at: at('10:01:02'),
    from_virtual_agent: { id: 3 },
    to_agent: { id: 5 },
    ...changes,
  });
  const findVisit = (transfers: readonly Call[], changes: Call = {}) => {
    const queue_durations = [visitRow(1, '10:00:30', '10:01:00', UNKNOWN)];
    return calls({ queue_durations, transfers, ...changes }).agent_legs.at(-1)?.visit_no;
  };

  it('answers no visit that does not name its agent', () => {
    expect(findVisit([given({})])).toBeNull();
  });

  it.each([
    ['a transfer to a queue from which the agent took it', [given({ to_menu: { id: 19 } })]],
    ['a transfer without a known target', [given({ to_agent: null })]],
    ['a transfer to another agent', [given({ created_at: at('10:03:00'), to_agent: { id: 6 } })]],
    ['a transfer that was not received', [given({ status: 'failed' })]],
    ['a transfer to a virtual agent', [given({ to_agent: null, to_virtual_agent: { id: 4 } })]],
  ])('is not one with %s', (_, transfers) => {
    expect(findVisit(transfers)).toBe(1);
  });

  it('is not one of another agent who connected at once', () => {
    const { agent_legs } = calls({
      participants: [agent(5, '10:01:05', '10:06:05'), agent(6, '10:01:05.500', '10:06:05')],
      queue_durations: [visitRow(1, '10:00:30', '10:01:00', UNKNOWN)],
      transfers: [given({ to_agent: { id: 6 } })],
    });
    expect(agent_legs).toMatchObject([
      { agent_id: 5, visit_no: 1, via_transfer: false },
      { agent_id: 6, visit_no: null, via_transfer: true },
    ]);
  });

  it.each([
    ['10:01:05.999', null],
    ['10:01:06', 1],
    ['10:01:04.001', null],
    ['10:01:04', 1],
  ])('connected when it started, within a second: %s', (started, visit_no) => {
    expect(findVisit([given({})], { handle_durations: [legRow(1, 5, started, '10:06:05')] })).toBe(visit_no);
  });
});

describe('the queue of a visit', () => {
  it('has the name and path that the call has for the same queue', () => {
    const queue_durations = [visitRow(1, '10:00:30', '10:01:00', { menu_path: null, menu_path_id: 9, agent_id: 5 })];
    expect(visits({ queue_durations, menu_path: { name: 'Billing', materialized_path: '1/9' } })).toMatchObject([
      { queue_id: 9, queue_path: '1/9', queue_name: 'Billing' },
    ]);
  });

  it('has the name that the transfer to it has, and not that of another queue', () => {
    const transfers = [
      {
        id: 70,
        status: 'failed',
        created_at: at('10:05:00'),
        from_agent: { id: 5 },
        to_menu: { id: 19, name: 'Tech' },
      },
    ];
    const queue_durations = [
      visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 }),
      visitRow(2, '10:05:00', '10:06:00', { menu_path: '19', transfer: true, transfer_id: 70 }),
    ];
    expect(visits({ transfers, queue_durations, selected_menu: { id: 9, name: 'Billing' } })).toMatchObject([
      { queue_id: 9, queue_path: '9', queue_name: 'Billing' },
      { queue_id: 19, queue_path: '19', queue_name: 'Tech' },
    ]);
  });

  it('has its language, else that of the call', () => {
    const queue_durations = [
      visitRow(1, '10:00:30', '10:00:40', { lang: 'fr' }),
      visitRow(2, '10:00:40', '10:01:00', { menu_path: '19' }),
    ];
    expect(visits({ queue_durations, lang: 'en' })).toMatchObject([{ lang: 'fr' }, { lang: 'en' }]);
  });
});

describe('the length of a visit', () => {
  const over = {
    participants: [],
    agent_info: null,
    connected_at: null,
    assigned_at: null,
    fail_reason: 'eu_abandoned',
  };
  const open = { ...over, fail_reason: 'nothing', status: 'queued', ends_at: null };

  it('is unknown while the call waits, whatever the API sends', () => {
    const queue_durations = [visitRow(1, '10:00:30', null, { queue_duration: 12 })];
    expect(visits({ ...open, queue_durations })).toMatchObject([{ exit: 'open', seconds: null, left_at: null }]);
  });

  it('is known as soon as it was left, although no agent is connected yet', () => {
    const queue_durations = [visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 })];
    expect(visits({ ...open, queue_durations })).toMatchObject([
      { exit: 'open', seconds: 30, left_at: '2019-06-07T10:01:00.000Z' },
    ]);
  });

  it('is the one the API sends where the visit has no end', () => {
    const queue_durations = [visitRow(1, '10:00:30', null, { queue_duration: 12 })];
    expect(visits({ ...over, queue_durations })).toMatchObject([{ exit: 'abandoned', seconds: 12, left_at: null }]);
  });
});
