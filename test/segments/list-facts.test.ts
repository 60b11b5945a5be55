import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED } from './fixtures/calls.ts';
import { legRow, visitRow } from './fixtures/duration-rows.ts';

/** A call without a queue. */
const CALL: Call = {
  ...FINISHED,
  queued_at: null,
  agent_info: { id: 5 },
  participants: [agent(5, '10:01:05', '10:06:05')],
};
const compute = (changes: Call) => computeFacts('call', { ...CALL, ...changes });

/** A transfer at 10:03:00. */
const given = (changes: Call = {}): Call => ({ id: 70, created_at: at('10:03:00'), from_agent: { id: 5 }, ...changes });
const FIRST = legRow(1, 5, '10:01:05', '10:03:05', { call_duration: 120 });

describe('the transfer that brought a leg', () => {
  /** The transfers of the legs after the first. */
  const links = (changes: Call) =>
    compute(changes)
      .agent_legs.slice(1)
      .map(({ transfer_id, via_transfer }) => [transfer_id, via_transfer]);
  const to6 = given({ to_agent: { id: 6 } });
  const received = (connected: string, user = 6) => ({
    participants: [agent(5, '10:01:05', '10:03:05'), agent(user, connected, '10:06:05')],
  });

  it.each([
    ['connected its receiver then', to6, '10:03:10', 6, true],
    ['connected its receiver two seconds before', to6, '10:03:12', 6, true],
    ['connected its receiver earlier', to6, '10:03:12.001', 6, false],
    ['connected its receiver two seconds later', to6, '10:03:08', 6, true],
    ['connected its receiver later', to6, '10:03:07.999', 6, false],
    ['connected another agent', to6, '10:03:10', 7, false],
    ['has no known target', given(), '10:03:10', 6, true],
  ])('is one that %s', (_, transfer, started, user, isLinked) => {
    const handle_durations = [FIRST, legRow(2, user, started, '10:06:05', { call_duration: 170 })];
    expect(links({ ...received('10:03:10'), handle_durations, transfers: [transfer] })).toEqual([
      isLinked ? [70, true] : [null, false],
    ]);
  });

  it('is unknown for a leg without a start', () => {
    const handle_durations = [FIRST, { id: 2, agent_id: 6, call_duration: 170 }];
    expect(links({ ...received('10:03:10'), handle_durations, transfers: [to6] })).toEqual([[null, false]]);
  });

  describe('without participants', () => {
    const hidden = (transfers: readonly Call[], ...rows: readonly Call[]) =>
      links({ participants: null, handle_durations: [FIRST, ...rows], transfers });
    const leg = (user: number | null, from = '10:03:10') => legRow(2, user, from, '10:04:00', { call_duration: 50 });
    const done = { ...to6, status: 'transferred' };

    it.each([
      ['succeeded and names its agent', done, leg(6), true],
      ['names another agent', done, leg(7), false],
      ['was made when the leg began', done, leg(6, '10:03:00'), true],
      ['was made later', done, leg(6, '10:02:59.999'), false],
      ['may not have succeeded', to6, leg(6), false],
      ['failed', { ...to6, status: 'failed' }, leg(6), false],
      ['names no agent, like the leg', given({ status: 'transferred' }), leg(null), false],
      ['was made at an unknown time', { ...done, created_at: null }, leg(6), false],
    ])('is one that %s', (_, transfer, row, isLinked) => {
      expect(hidden([transfer], row)).toEqual([isLinked ? [70, true] : [null, false]]);
    });

    it('brings one leg only', () => {
      const again = { ...done, id: 71, created_at: at('10:04:50') };
      const rows = [leg(6), legRow(3, 6, '10:05:00', '10:06:05', { call_duration: 65 })];
      expect(hidden([done, again], ...rows)).toEqual([
        [70, true],
        [71, true],
      ]);
    });
  });

  it('is that of the visit that the leg answered', () => {
    const queue_durations = [
      visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 }),
      visitRow(2, '10:03:00', '10:03:08', {
        menu_path: '19',
        agent_id: 6,
        transfer: true,
        transfer_id: 70,
        transfer_cold: true,
      }),
    ];
    const { agent_legs } = compute({
      ...received('10:03:10'),
      queue_durations,
      transfers: [given({ to_menu: { id: 19, name: 'Tech' } })],
    });
    expect(agent_legs).toMatchObject([
      { visit_no: 1, via_transfer: false, cold: null },
      { visit_no: 2, via_transfer: true, transfer_id: 70, cold: true, queue_id: 19, queue_name: 'Tech' },
    ]);
  });

  it('tells whether the leg began cold', () => {
    expect(compute({ ...received('10:03:10'), transfers: [to6] }).agent_legs).toMatchObject([
      { cold: null },
      { cold: true },
    ]);
  });

  it('does not exist for a leg that answered a queue that no transfer led to', () => {
    const queue_durations = [visitRow(1, '10:02:50', '10:03:08', { agent_id: 6 })];
    expect(links({ ...received('10:03:10'), queue_durations, transfers: [to6] })).toEqual([[null, false]]);
  });
});

describe('a session of more than a thousand', () => {
  const many = <Item>(count: number, create: (index: number) => Item) =>
    Array.from({ length: count }, (_, index) => create(index));
  const participants = (count: number) => many(count, (index) => agent(index, '10:01:05', '10:06:05'));
  const transfers = (count: number) => many(count, (id) => given({ id, status: 'transferred' }));

  it('agents has the facts of the first thousand', () => {
    const { agent_legs, anomalies } = compute({ participants: participants(1_001) });
    expect([agent_legs.length, anomalies]).toEqual([1_000, ['truncated:participants']]);
    expect(compute({ participants: participants(1_000) }).anomalies).toEqual([]);
  });

  it('transfers has the facts of the first thousand', () => {
    const found = compute({ transfers: transfers(1_001) });
    expect([found.transfers.length, found.anomalies]).toEqual([1_000, ['truncated:transfers']]);
    expect(found.agent_legs).toHaveLength(1);
    expect(compute({ transfers: transfers(1_000) }).anomalies).toEqual([]);
  });
});
