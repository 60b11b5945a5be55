import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED, row } from './fixtures/calls.ts';
import { legRow, visitRow } from './fixtures/duration-rows.ts';

/** A call that agent 5 had from 10:01:05 to 10:06:05, without a queue. */
const CALL: Call = {
  ...FINISHED,
  queued_at: null,
  agent_info: { id: 5 },
  participants: [agent(5, '10:01:05', '10:06:05')],
};
const OPEN = { status: 'connected', ends_at: null };
const compute = (changes: Call) => computeFacts('call', { ...CALL, ...changes });
const legs = (changes: Call) => compute(changes).agent_legs;
const rows = (...handle_durations: Call[]) => ({ handle_durations });

const FIRST = legRow(1, 5, '10:01:05', '10:06:05', { call_duration: 300 });

describe('the legs of handle_durations', () => {
  it('are all of them when the call is over', () => {
    const participants = [agent(5, '10:01:05', '10:06:05'), agent(6, '10:02:00', '10:06:05')];
    expect(legs({ participants, ...rows(FIRST) })).toMatchObject([{ agent_id: 5, source: 'array' }]);
  });

  it('are completed from the participants while it is open, in order and without anyone unknown', () => {
    const participants = [
      agent(4, '10:00:50', '10:01:00'),
      agent(5, '10:01:05', '10:02:00'),
      agent(6, '10:02:00'),
      agent(null, '10:02:10'),
    ];
    expect(legs({ ...OPEN, participants, ...rows(legRow(1, 5, '10:01:05', '10:02:00')) })).toMatchObject([
      { agent_id: 4, source: 'derived', seconds: 10 },
      { agent_id: 5, source: 'array', seconds: 55 },
      { agent_id: 6, source: 'derived', ended_at: null, seconds: null },
    ]);
  });

  it('are in the order of their starts, and one without a start is the last', () => {
    const unknown = { ...legRow(1, 1, '10:00:00', null), started_at: null };
    expect(
      legs(
        rows(
          unknown,
          { ...unknown, id: 2, agent_id: 2 },
          legRow(3, 3, '10:03:00', '10:04:00'),
          legRow(4, 4, '10:01:05', '10:03:00'),
        ),
      ).map(({ agent_id, started_at }) => [agent_id, started_at]),
    ).toEqual([
      [4, '2019-06-07T10:01:05.000Z'],
      [3, '2019-06-07T10:03:00.000Z'],
      [1, null],
      [2, null],
    ]);
  });

  it.each([
    ['the same id', FIRST, { ...FIRST, ended_at: at('10:06:04') }, 1],
    ['the same content', FIRST, { ...FIRST, id: 2 }, 1],
    ['the same content and no id', { ...FIRST, id: null }, { ...FIRST, id: null }, 1],
    ['no ids', { ...FIRST, id: null }, legRow(0, 6, '10:02:00', '10:03:00', { id: null }), 2],
    ['no agents', { ...FIRST, agent_id: null }, legRow(2, null, '10:02:00', '10:03:00'), 2],
    ['different wrap-up', { ...FIRST, agent_id: null }, { ...FIRST, id: 2, agent_id: null, acw_duration: 5 }, 2],
  ])('with %s', (_, one, two, count) => {
    const { agent_legs, anomalies } = compute(rows(one, two));
    expect(agent_legs).toHaveLength(count);
    expect(anomalies).toEqual(count === 1 ? ['duplicate:handle_durations'] : []);
  });

  it('are not changed by a row without any length', () => {
    expect(legs(rows(FIRST, legRow(2, 5, '10:20:00', '10:20:00', { call_duration: 0 })))).toMatchObject([
      { leg_id: 1, ended_at: '2019-06-07T10:06:05.000Z', seconds: 300, wrap_up_seconds: null },
    ]);
  });

  it.each([
    ['started_at', { started_at: 'soon' }, 'bad_timestamp:handle_durations[].started_at'],
    ['ended_at', { ended_at: 'soon' }, 'bad_timestamp:handle_durations[].ended_at'],
    ['started_at', { started_at: at('09:00:00') }, 'implausible:handle_durations[].started_at'],
    ['ended_at', { ended_at: at('09:00:00') }, 'implausible:handle_durations[].ended_at'],
    ['a length', { call_duration: 600 }, 'recomputed:handle_durations[].duration'],
  ])('name %s that is wrong', (_, changes, anomaly) => {
    expect(compute(rows({ ...FIRST, ...changes })).anomalies).toEqual([anomaly]);
  });

  it('may end long after the call, since wrap-up does', () => {
    expect(compute(rows(FIRST, legRow(2, 5, '11:00:00', '11:01:00', { acw_duration: 60 }))).anomalies).toEqual([]);
  });

  it.each([
    ['call_duration', { call_duration: 299, chat_duration: 1, duration: 2 }, 299],
    ['chat_duration', { call_duration: null, chat_duration: 298, duration: 2 }, 298],
    ['duration', { call_duration: null, duration: 297 }, 297],
    ['its times', { call_duration: null }, 300],
  ])('have the length of %s', (_, changes, seconds) => {
    expect(legs(rows({ ...FIRST, ...changes }))).toMatchObject([{ seconds }]);
  });

  it('have an agent by id or by object', () => {
    expect(legs(rows({ ...FIRST, agent_id: undefined, agent: { id: '8' } }))).toMatchObject([{ agent_id: 8 }]);
  });
});

describe('an agent who returns', () => {
  const EARLIER = legRow(1, 5, '10:01:05', '10:03:00', { call_duration: 115 });
  const LATER = legRow(2, 5, '10:04:00', '10:06:05', { call_duration: 125 });
  const PARTICIPANTS = [agent(5, '10:01:05', '10:03:00'), agent(5, '10:04:00', '10:06:05', 99)];
  const count = (changes: Call) => legs({ participants: PARTICIPANTS, ...rows(EARLIER, LATER), ...changes }).length;
  const given = (created: string | null, changes: Call = {}): { transfers: Call[] } => ({
    transfers: [{ id: 70, created_at: created === null ? null : at(created), to_agent: { id: 5 }, ...changes }],
  });

  it.each([
    ['is one leg', {}, 1],
    ['is two legs if a transfer brought the call back', given('10:03:30'), 2],
    ['is two legs if a transfer from a queue did', given('10:03:30', { to_agent: null, to_menu: { id: 19 } }), 2],
    ['is one leg if the transfer made the first', given('10:01:05'), 1],
    ['is two legs if the transfer was made after the first began', given('10:01:05.001'), 2],
    ['is two legs if the transfer is a second late', given('10:04:01'), 2],
    ['is one leg if the transfer came later', given('10:04:01.001'), 1],
    ['is one leg if the transfer failed', given('10:03:30', { status: 'failed' }), 1],
    ['is one leg if the transfer was cancelled', given('10:03:30', { status: 'cancelled' }), 1],
    ['is one leg if the transfer went to another agent', given('10:03:30', { to_agent: { id: 6 } }), 1],
    ['is one leg if the time of the transfer is unknown', given(null), 1],
    ['is two legs if the second says that it was transferred', rows(EARLIER, { ...LATER, transfer: true }), 2],
    [
      'is one leg if the second says so and the transfers tell otherwise',
      { ...rows(EARLIER, { ...LATER, transfer: true }), ...given('10:03:30', { status: 'failed' }) },
      1,
    ],
    ['is two legs if the second has no start', rows(EARLIER, { ...LATER, started_at: null }), 2],
    ['is one leg where only the participants say it', { handle_durations: [] }, 1],
  ])('%s', (_, changes, expected) => {
    expect(count(changes)).toBe(expected);
  });

  it.each([
    ['is two legs if the agent took the call out of a queue', { agent_id: 5 }, 2],
    ['is one leg if another agent did', { agent_id: 6 }, 1],
    ['is one leg if that was before', { agent_id: 5, started_at: at('10:00:30'), ended_at: at('10:01:00') }, 1],
    ['is one leg if it was later', { agent_id: 5, ended_at: at('10:04:02') }, 1],
    ['is one leg if the queue was not left', { agent_id: 5, ended_at: null }, 1],
  ])('%s', (_, changes, expected) => {
    expect(count({ queue_durations: [visitRow(1, '10:03:10', '10:03:58', changes)] })).toBe(expected);
  });

  it('is connected as long as all parts together, with all of their hold and wrap-up', () => {
    const parts = { hold_duration: 10, acw_duration: 20, bcw_duration: 5 };
    expect(legs(rows({ ...EARLIER, ...parts }, { ...LATER, ...parts }))).toMatchObject([
      {
        ended_at: '2019-06-07T10:06:05.000Z',
        seconds: 240,
        hold_seconds: 20,
        talk_seconds: 220,
        wrap_up_seconds: 40,
        before_call_seconds: 10,
        handle_seconds: 290,
      },
    ]);
    expect(legs(rows({ ...EARLIER, acw_duration: 20 }, LATER))).toMatchObject([{ wrap_up_seconds: 20 }]);
    expect(legs(rows(EARLIER, { ...LATER, acw_duration: 20 }))).toMatchObject([{ wrap_up_seconds: 20 }]);
    expect(legs(rows(EARLIER, LATER))).toMatchObject([{ wrap_up_seconds: null, hold_seconds: null }]);
  });

  it('has no length if that of a part is unknown', () => {
    expect(legs(rows({ ...EARLIER, ended_at: null, call_duration: null }, LATER))).toMatchObject([{ seconds: null }]);
    expect(legs(rows(EARLIER, { ...LATER, ended_at: null, call_duration: null }))).toMatchObject([{ seconds: null }]);
  });

  it('is two legs if the agent is unknown', () => {
    const participants = [agent(null, '10:01:05', '10:03:00'), agent(null, '10:04:00', '10:06:05')];
    expect(legs({ participants })).toHaveLength(2);
  });
});

describe('the legs of participants', () => {
  it('have the hold of the call if there is one agent', () => {
    expect(legs({})).toMatchObject([{ hold_seconds: 45, talk_seconds: 255, handle_seconds: null, source: 'derived' }]);
    const own = { ...agent(5, '10:01:05', '10:06:05'), hold_duration: 30 };
    expect(legs({ participants: [own] })).toMatchObject([{ hold_seconds: 30 }]);
    const two = [agent(5, '10:01:05', '10:03:00'), agent(6, '10:03:00', '10:06:05')];
    expect(legs({ participants: two })).toMatchObject([
      { hold_seconds: null, via_transfer: false },
      { hold_seconds: null, via_transfer: false },
    ]);
    expect(legs({ ...OPEN, participants: [agent(5, '10:01:05')] })).toMatchObject([{ hold_seconds: null }]);
  });

  it('have no length while they last, whatever the API sends', () => {
    const running = { ...agent(5, '10:01:05'), call_duration: 30 };
    expect(legs({ ...OPEN, participants: [running] })).toMatchObject([{ seconds: null, ended_at: null }]);
    expect(legs({ participants: [{ ...running, call_duration: null }] })).toMatchObject([{ seconds: 300 }]);
    expect(legs({ ends_at: null, participants: [running] })).toMatchObject([{ seconds: 30, ended_at: null }]);
    expect(legs({ ...OPEN, participants: [agent(5, '10:01:05', '10:02:05')] })).toMatchObject([{ seconds: 60 }]);
  });
});

describe('a call without participants', () => {
  const ALONE = { participants: null };

  it('has the leg of its connection', () => {
    expect(legs({ ...ALONE, call_duration: 299 })).toEqual([
      {
        leg_no: 1,
        leg_id: null,
        agent_id: 5,
        queue_id: null,
        queue_path: null,
        queue_name: null,
        visit_no: null,
        started_at: '2019-06-07T10:01:05.000Z',
        ended_at: '2019-06-07T10:06:05.000Z',
        connection_seconds: 5,
        seconds: 299,
        hold_seconds: 45,
        talk_seconds: 254,
        wrap_up_seconds: null,
        before_call_seconds: null,
        handle_seconds: null,
        via_transfer: false,
        cold: null,
        transfer_id: null,
        direction: 'inbound',
        auto_answered: null,
        source: 'derived',
      },
    ]);
  });

  it.each([
    ['duration', { duration: 299, call_duration: 298, chat_duration: 297 }, 299],
    ['call_duration', { call_duration: 298, chat_duration: 297 }, 298],
    ['chat_duration', { call_duration: null, chat_duration: 297 }, 297],
    ['its times', { call_duration: null }, 300],
  ])('has one of the length of %s', (_, changes, seconds) => {
    expect(legs({ ...ALONE, ...changes })).toMatchObject([{ seconds }]);
  });

  it('has one without lengths while it is open', () => {
    expect(legs({ ...ALONE, ...OPEN })).toMatchObject([{ seconds: null, hold_seconds: null, ended_at: null }]);
  });

  it('has none before it is connected', () => {
    expect(legs({ ...ALONE, connected_at: null })).toEqual([]);
  });

  const VIRTUAL = { virtual_agent: { id: 3 } };
  it.each([
    ['has one of an unknown agent', { agent_info: null }, [null]],
    ['has one if a virtual agent and an agent are named', VIRTUAL, [5]],
    ['has none if only a virtual agent is named', { ...VIRTUAL, agent_info: null }, []],
    ['has one if the virtual agent is an empty object', { virtual_agent: {}, agent_info: null }, [null]],
    ['has none if a virtual agent had it', { virtual_agent_handle_durations: [{ id: 1 }], agent_info: null }, []],
    ['has one if no virtual agent had it', { virtual_agent_handle_durations: [], agent_info: null }, [null]],
    [
      'has none if a virtual agent took part',
      { participants: [row('end_user', '10:00:00'), row('virtual_agent', '10:00:00')], agent_info: null },
      [],
    ],
    [
      'has one if the end user alone is shown',
      { participants: [row('end_user', '10:00:00')], agent_info: null },
      [null],
    ],
  ])('%s', (_, changes, agents) => {
    expect(legs({ ...ALONE, ...changes }).map(({ agent_id }) => agent_id)).toEqual(agents);
  });
});

describe('a leg', () => {
  it('has no negative lengths', () => {
    expect(legs(rows({ ...FIRST, acw_duration: -5, hold_duration: -1, bcw_duration: 0 }))).toMatchObject([
      { wrap_up_seconds: null, hold_seconds: null, before_call_seconds: 0 },
    ]);
  });

  it('is handled before, during and after the call', () => {
    expect(legs(rows({ ...FIRST, bcw_duration: 10, acw_duration: 20 }))).toMatchObject([{ handle_seconds: 330 }]);
    expect(legs(rows({ ...FIRST, acw_duration: 20 }))).toMatchObject([{ handle_seconds: 320 }]);
    expect(legs(rows({ ...FIRST, bcw_duration: 10 }))).toMatchObject([{ handle_seconds: 310 }]);
  });

  it('is handled for an unknown time while wrap-up may follow', () => {
    const participants = [agent(5, '10:01:05')];
    expect(legs({ ...OPEN, participants, ...rows(FIRST) })).toMatchObject([{ seconds: 300, handle_seconds: null }]);
    expect(legs({ ...OPEN, participants, ...rows({ ...FIRST, acw_duration: 20 }) })).toMatchObject([
      { handle_seconds: 320 },
    ]);
  });

  it.each([
    [45, 255],
    [0, 300],
    [null, 300],
    [300, 0],
    [301, null],
  ])('with hold of %s seconds has talk of %s', (hold_duration, talk_seconds) => {
    expect(legs(rows({ ...FIRST, hold_duration }))).toMatchObject([{ talk_seconds }]);
  });

  it('has the names that the call has for its queue, and no queue by the call alone', () => {
    const menu = { menu_path: { name: 'Billing', materialized_path: '1/9' } };
    expect(legs({ ...menu, ...rows({ ...FIRST, menu_path: '9' }) })).toMatchObject([
      { queue_id: 9, queue_path: '9', queue_name: 'Billing' },
    ]);
    expect(legs({ ...menu, ...rows(FIRST) })).toMatchObject([{ queue_id: null, queue_name: null }]);
  });

  it.each([
    ['by a transfer', { transfers: [{ created_at: at('10:03:00'), to_agent: { id: 6 } }] }, true, null],
    [
      'by a visit that names its transfer',
      { queue_durations: [visitRow(1, '10:03:00', '10:03:05', { agent_id: 6, transfer_id: 70 })] },
      true,
      70,
    ],
    ['by its row', rows(FIRST, legRow(2, 6, '10:03:10', '10:06:05', { transfer: true })), true, null],
    ['without a transfer', {}, false, null],
  ])('came %s', (_, changes, via_transfer, transfer_id) => {
    const participants = [agent(5, '10:01:05', '10:06:05'), agent(6, '10:03:10', '10:06:05')];
    const [first, second] = legs({ participants, ...changes });
    expect(first).toMatchObject({ via_transfer: false });
    expect(second).toMatchObject({ agent_id: 6, via_transfer, transfer_id });
  });

  it('that is the first was not transferred, whatever its row says', () => {
    expect(legs(rows({ ...FIRST, transfer: true }))).toMatchObject([{ via_transfer: false }]);
  });

  it('is being connected since its assignment', () => {
    const participants = [agent(5, '10:01:05', '10:06:05'), agent(6, '10:03:10', '10:06:05')];
    const given = { created_at: at('10:03:00'), to_agent: { id: 6 }, assigned_at: at('10:03:06') };
    const seconds = (changes: Call) => legs({ participants, ...changes }).map((leg) => leg.connection_seconds);
    expect(seconds({})).toEqual([5, null]);
    expect(seconds({ transfers: [given] })).toEqual([5, 4]);
    const unread = { transfers: [{ ...given, assigned_at: 'soon' }] };
    expect(seconds(unread)).toEqual([5, null]);
    expect(compute({ participants, ...unread }).anomalies).toEqual(['bad_timestamp:transfers[].assigned_at']);
  });

  it.each([
    ['auto', true],
    ['manual', false],
    ['', null],
    [null, null],
    [1, null],
  ])('with the answer type %j was answered automatically: %s', (answer_type, expected) => {
    const participants = [agent(5, '10:01:05', '10:06:05'), agent(6, '10:03:10', '10:06:05')];
    expect(legs({ participants, answer_type }).map(({ auto_answered }) => auto_answered)).toEqual([expected, null]);
  });

  it('of a chat is not answered automatically', () => {
    const chat = {
      id: 7,
      created_at: at('10:00:00'),
      status: 'finished',
      answer_type: 'auto',
      participants: [agent(5, '10:01:05')],
    };
    expect(computeFacts('chat', chat).agent_legs).toMatchObject([{ agent_id: 5, auto_answered: null }]);
  });
});
