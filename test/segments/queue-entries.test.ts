import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED } from './fixtures/calls.ts';
import { visitRow } from './fixtures/duration-rows.ts';

/** A call that agent 5 took out of queue 9 at 10:01:00 and had from 10:01:05 to 10:06:05. */
const CALL: Call = {
  ...FINISHED,
  agent_info: { id: 5 },
  menu_path: '9',
  participants: [agent(5, '10:01:05', '10:06:05')],
};
const compute = (changes: Call) => computeFacts('call', { ...CALL, ...changes });
const visits = (changes: Call) => compute(changes).queue_visits;
const rows = (...queue_durations: Call[]) => ({ queue_durations });
const iso = (time: string) => `2019-06-07T${time}.000Z`;

const TAKEN = visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 });
/** No agent had the call, and the caller left. */
const ABANDONED = {
  fail_reason: 'eu_abandoned',
  assigned_at: null,
  connected_at: null,
  agent_info: null,
  participants: [],
};

describe('the rows of queue_durations', () => {
  it('are in the order of their starts, and those without a start are the last', () => {
    const unknown = visitRow(1, '10:00:00', null, { started_at: null, menu_path: '1' });
    const found = visits(
      rows(
        unknown,
        { ...unknown, id: 2, menu_path: '2' },
        visitRow(3, '10:00:40', '10:00:50', { menu_path: '3' }),
        visitRow(4, '10:00:30', '10:00:40', { menu_path: '4' }),
      ),
    );
    expect(found.map(({ queue_id }) => queue_id)).toEqual([4, 3, 1, 2]);
  });

  it.each([
    ['the same id', { ...TAKEN, ended_at: at('10:00:59') }, 1],
    ['the same content', { ...TAKEN, id: 2 }, 1],
    ['another queue', { ...TAKEN, id: 2, menu_path: '19' }, 2],
  ])('with %s', (_, second, count) => {
    const { queue_visits, anomalies } = compute(rows(TAKEN, second));
    expect(queue_visits).toHaveLength(count);
    expect(anomalies).toEqual(count === 1 ? ['duplicate:queue_durations'] : []);
  });

  it('without ids and starts are different visits if their queues differ', () => {
    const unknown = { menu_path: '9', agent_id: null };
    expect(visits(rows(unknown, { ...unknown, menu_path: '19' }))).toHaveLength(2);
    expect(visits(rows(unknown, unknown, unknown))).toHaveLength(1);
  });

  it.each(['started_at', 'ended_at'])('name %s that is wrong', (field) => {
    const wrong = (value: string) => compute(rows({ ...TAKEN, [field]: value })).anomalies;
    expect(wrong('soon')).toEqual([`bad_timestamp:queue_durations[].${field}`]);
    expect(wrong(at('09:00:00'))).toEqual([`implausible:queue_durations[].${field}`]);
  });

  it('have no length if they have neither an end nor one that the API counted', () => {
    const seconds = (queue_duration: number | null) =>
      visits({ ...ABANDONED, ...rows(visitRow(1, '10:00:30', null, { queue_duration })) })[0]?.seconds;
    expect([seconds(0), seconds(null), seconds(12)]).toEqual([null, null, 12]);
  });

  it('have a queue by path, else by id with the name of the path', () => {
    const queue = (changes: Call) => visits({ menu_path: null, ...rows({ ...TAKEN, ...changes }) })[0];
    expect(queue({ menu_path: '1/9', menu_path_id: 7 })).toMatchObject({ queue_id: 9, queue_path: '1/9' });
    expect(queue({ menu_path: 'Billing', menu_path_id: 7 })).toMatchObject({
      queue_id: 7,
      queue_path: null,
      queue_name: 'Billing',
    });
  });

  it.each([
    ['a row that was transferred', { transfer: true, transfer_cold: true }, true],
    ['a row that names a transfer', { transfer_id: 70, transfer_cold: false }, false],
    ['another row', { transfer: false, transfer_cold: true }, null],
    ['a row that does not say it', { transfer: true, transfer_cold: null }, null],
    ['a row that says something else', { transfer: true, transfer_cold: 'yes' }, null],
  ])('are cold as the API says for %s', (_, changes, cold) => {
    expect(visits(rows({ ...TAKEN, ...changes }))).toMatchObject([{ cold }]);
  });

  it('belong to the transfer that they name, and to none without a name', () => {
    const failed = {
      status: 'failed',
      created_at: at('10:00:30'),
      from_agent: { id: 4 },
      to_menu: { id: 9, name: 'Billing' },
    };
    const transfers = [{ ...failed, id: 69, to_menu: { id: 9, name: 'Sales' } }, { ...failed, id: 70 }, failed];
    const call = { ...ABANDONED, fail_reason: 'nothing', menu_path: null, transfers };
    const open = { ...call, status: 'queued', ends_at: null };
    expect(visits({ ...open, ...rows(visitRow(1, '10:00:30', null, { transfer_id: 70 })) })).toMatchObject([
      { exit: 'failed', transfer_id: 70, queue_name: 'Billing', origin: 'transfer' },
    ]);
    expect(visits({ ...open, ...rows(visitRow(1, '10:00:30', null)) })).toMatchObject([
      { exit: 'open', transfer_id: null, queue_name: null, origin: 'inbound' },
    ]);
    expect(visits({ ...open, ...rows(visitRow(1, '10:00:30', null, { transfer_id: 71 })) })).toMatchObject([
      { exit: 'open', transfer_id: 71, origin: 'transfer' },
    ]);
  });

  it('have the service level of the API', () => {
    expect(visits(rows({ ...TAKEN, service_level_event: 'in_sla' }))).toMatchObject([
      { service_level_event: 'in_sla' },
    ]);
  });
});

describe('a call that is offered again in the same queue', () => {
  const offered = (changes: Call = {}) => visitRow(1, '10:00:30', '10:00:40', { agent_id: 4, ...changes });
  const taken = (changes: Call = {}) => visitRow(2, '10:00:45', '10:01:00', { agent_id: 5, ...changes });

  it('has one visit from the first entry to the last exit', () => {
    const last = taken({ service_level_event: 'not_in_sla' });
    expect(visits(rows(offered({ service_level_event: 'in_sla' }), last))).toMatchObject([
      {
        visit_id: 1,
        entered_at: iso('10:00:30'),
        left_at: iso('10:01:00'),
        seconds: 30,
        agent_id: 5,
        exit: 'answered',
        service_level_event: 'not_in_sla',
      },
    ]);
  });

  it.each([
    ['two visits in two queues', rows(offered(), taken({ menu_path: '19' })), 2],
    ['two visits if a transfer began the second', rows(offered(), taken({ transfer: true })), 2],
    ['two visits if the queue is unknown', rows(offered({ menu_path: null }), taken({ menu_path: null })), 2],
    [
      'two visits if an agent had it in between',
      {
        participants: [agent(4, '10:00:42', '10:00:44'), agent(5, '10:01:05', '10:06:05')],
        ...rows(offered(), taken()),
      },
      2,
    ],
    [
      'one visit if an agent had it earlier',
      {
        participants: [agent(4, '10:00:32', '10:00:38'), agent(5, '10:01:05', '10:06:05')],
        ...rows(offered(), taken()),
      },
      1,
    ],
    [
      'two visits if an agent had it after an entry without an exit',
      {
        participants: [agent(4, '10:00:42', '10:00:44'), agent(5, '10:01:05', '10:06:05')],
        ...rows(offered({ ended_at: null }), taken()),
      },
      2,
    ],
    [
      'one visit if an agent had it before an entry without an exit',
      {
        participants: [agent(4, '10:00:10', '10:00:20'), agent(5, '10:01:05', '10:06:05')],
        ...rows(offered({ ended_at: null }), taken()),
      },
      1,
    ],
  ])('has %s', (_, changes, count) => {
    expect(visits(changes)).toHaveLength(count);
  });

  it.each([
    [10, 20, 30],
    [10, null, null],
    [null, 20, null],
  ])('waited as long as both together where times are missing: %s and %s', (one, two, seconds) => {
    const untimed = { started_at: null, ended_at: null };
    const both = rows(
      offered({ ...untimed, queue_duration: one }),
      taken({ ...untimed, agent_id: null, queue_duration: two }),
    );
    expect(visits({ ...ABANDONED, ...both })).toMatchObject([{ exit: 'abandoned', seconds }]);
  });
});

describe('without queue_durations', () => {
  const given = (created: string | null, changes: Call = {}): Call => ({
    id: 70,
    created_at: created === null ? null : at(created),
    from_agent: { id: 5 },
    to_menu: { id: 19, name: 'Tech' },
    ...changes,
  });
  const escalated = (created: string | null): Call =>
    given(created, { from_agent: null, from_virtual_agent: { id: 3 }, to_menu: { id: 9 } });

  it.each([
    ['ten seconds before', '10:00:20', 1],
    ['more than ten seconds before', '10:00:19.999', 2],
    ['within', '10:00:40', 1],
    ['at the end of', '10:01:00', 1],
    ['after', '10:01:00.001', 2],
    ['at an unknown time in', null, 1],
  ])('an escalation %s the first visit', (_, created, count) => {
    const found = visits({ transfers: [escalated(created)] });
    expect(found).toHaveLength(count);
    const isStart = created !== null && count === 1;
    expect(found[0]).toMatchObject({ origin: isStart ? 'escalation' : 'inbound', transfer_id: isStart ? 70 : null });
  });

  it('an escalation into a queue that was not left yet is its start', () => {
    const waiting = { ...ABANDONED, fail_reason: 'nothing', status: 'queued', ends_at: null };
    expect(visits({ ...waiting, transfers: [escalated('10:00:29')] })).toMatchObject([
      { origin: 'escalation', exit: 'open' },
    ]);
  });

  it('a transfer by an agent is another visit', () => {
    expect(visits({ transfers: [given('10:00:45')] })).toMatchObject([
      { origin: 'inbound', queue_id: 9 },
      { origin: 'transfer', queue_id: 19, queue_name: 'Tech', entered_at: iso('10:00:45'), transfer_id: 70 },
    ]);
  });

  it.each([
    ['to an agent is no visit', given('10:03:00', { to_menu: null, to_agent: { id: 6 } }), 1],
    ['to an agent and a queue is a visit', given('10:03:00', { to_agent: { id: 6 } }), 2],
    ['to a queue without id and name is a visit', given('10:03:00', { to_menu: { position: 0 } }), 2],
    ['at an unknown time is no visit', given(null), 1],
  ])('a transfer %s', (_, transfer, count) => {
    expect(visits({ transfers: [transfer] })).toHaveLength(count);
  });

  it('the queue is the one that the first transfer left, since the call shows its last one', () => {
    const moved = given('10:03:00', { from_menu: { id: 7, name: 'Sales' } });
    expect(visits({ menu_path: '19', transfers: [moved] })).toMatchObject([
      { queue_id: 7, queue_name: 'Sales' },
      { queue_id: 19 },
    ]);
    expect(visits({ transfers: [{ ...escalated('10:00:30'), from_menu: { id: 7 } }] })).toMatchObject([
      { queue_id: 9 },
    ]);
  });

  it.each([
    ['was assigned', { assigned_at: at('10:05:10'), connected_at: at('10:05:20') }, 10],
    ['was connected, else', { connected_at: at('10:05:20') }, 20],
    ['was received by an agent, else', { to_agent: { id: 6 } }, 30],
    ['was resolved by the next transfer, else', { status: 'failed' }, 40],
  ])('a later visit ends when the transfer %s', (_, changes, seconds) => {
    const transfers = [
      given('10:05:00', changes),
      given('10:05:40', { id: 71, to_menu: null, to_agent: { id: 8 }, status: 'failed' }),
    ];
    const participants = [agent(5, '10:01:05', '10:05:00'), agent(6, '10:05:30', '10:06:05')];
    expect(visits({ transfers, participants })[1]).toMatchObject({ seconds, entered_at: iso('10:05:00') });
  });

  it('a later visit ends with the call, if nothing else ends it', () => {
    const transfers = [given('10:05:00', { status: 'failed' })];
    expect(visits({ transfers })[1]).toMatchObject({ seconds: 65, left_at: iso('10:06:05') });
    expect(visits({ transfers, status: 'connected', ends_at: null })[1]).toMatchObject({
      seconds: null,
      left_at: null,
    });
  });

  it.each(['assigned_at', 'connected_at'])('%s of a transfer is named if it is wrong', (field) => {
    const wrong = (value: string) =>
      compute({ transfers: [given('10:05:00', { status: 'failed', [field]: value })] }).anomalies;
    expect(wrong('soon')).toEqual([`bad_timestamp:transfers[].${field}`]);
    expect(wrong(at('09:00:00'))).toEqual([`implausible:transfers[].${field}`]);
  });

  it('a call of a kind that has no queue has no visit', () => {
    expect(visits({ call_type: 'Voice Outbound (API)' })).toEqual([]);
    expect(visits({ call_type: 'Voice Inbound (Direct)' })).toHaveLength(1);
    expect(visits({ queued_at: null })).toEqual([]);
  });

  it('the only agent can have been connected at any time, one of several only soon', () => {
    const late = agent(5, '10:11:00.001', '10:30:00');
    const changes = { ends_at: at('10:30:00'), connected_at: at('10:11:00.001') };
    expect(compute({ ...changes, participants: [late] }).agent_legs).toMatchObject([{ visit_no: 1 }]);
    const two = [late, agent(6, '10:20:00', '10:30:00')];
    expect(compute({ ...changes, participants: two }).agent_legs).toMatchObject([
      { visit_no: null },
      { visit_no: null },
    ]);
  });
});

describe('a chat without its time of entry', () => {
  const CHAT: Call = { id: 7, chat_type: 'Messaging Inbound (Web Chat)', created_at: at('10:00:00'), menu_path: '9' };
  const chatVisits = (changes: Call) => computeFacts('chat', { ...CHAT, ...changes }).queue_visits;
  const OVER = { status: 'finished', ends_at: at('10:05:00') };
  const HAD = { participants: [agent(5, '10:00:30', '10:05:00')] };

  it.each([
    ['entered before it was assigned', { ...OVER, assigned_at: at('10:00:20'), queue_duration: 15 }, ['10:00:05', 15]],
    [
      'has waited as long as the older field says',
      { ...OVER, assigned_at: at('10:00:20'), wait_duration: 12 },
      ['10:00:08', 12],
    ],
    ['entered before it was connected', { ...OVER, ...HAD, queue_duration: 15 }, ['10:00:15', 15]],
    ['entered when it was connected, without a wait', { ...OVER, ...HAD, queue_duration: 0 }, ['10:00:30', 0]],
    ['entered before it ended', { ...OVER, queue_duration: 100 }, ['10:03:20', 100]],
    ['did not enter without a wait', { ...OVER, queue_duration: 0 }, null],
    ['did not enter if nothing says it', { ...OVER, ...HAD }, null],
    [
      'did not enter if an agent began it',
      { ...OVER, ...HAD, chat_type: 'Messaging Outbound (SMS)', queue_duration: 0 },
      null,
    ],
    ['waits', { status: 'queued', queue_duration: 12 }, [null, null]],
    ['waits without a length', { status: 'queued' }, [null, null]],
    ['does not wait before', { status: 'created' }, null],
    ['does not wait with an agent', { status: 'queued', assigned_at: at('10:00:20') }, null],
  ])('%s', (_, changes, expected) => {
    const found = chatVisits(changes).map(({ entered_at, seconds }) => [entered_at, seconds]);
    const [entered, seconds] = expected ?? [];
    expect(found).toEqual(expected === null ? [] : [[typeof entered === 'string' ? iso(entered) : null, seconds]]);
  });
});
