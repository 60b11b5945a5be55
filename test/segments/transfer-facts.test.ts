import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED, row } from './fixtures/calls.ts';
import { visitRow } from './fixtures/duration-rows.ts';

/** A call that agent 5 had from 10:01:05. */
const CALL: Call = { ...FINISHED, agent_info: { id: 5 }, participants: [agent(5, '10:01:05', '10:06:05')] };
const OPEN = { status: 'connected', ends_at: null };
const compute = (changes: Call) => computeFacts('call', { ...CALL, ...changes });
const transfers = (changes: Call) => compute(changes).transfers;

/** A transfer by agent 5 at 10:03:00. */
const given = (changes: Call = {}): Call => ({ id: 70, created_at: at('10:03:00'), from_agent: { id: 5 }, ...changes });
const QUEUE = { to_menu: { id: 19, name: 'Tech' } };
const RECEIVED = { participants: [agent(5, '10:01:05', '10:03:05'), agent(6, '10:03:20', '10:06:05')] };

it('a transfer is described with its places, its parties and its end', () => {
  const transfer = given({
    ...QUEUE,
    status: 'transferred',
    from_menu_path: '1/9',
    from_menu: { id: 9, name: 'Billing' },
  });
  expect(transfers({ ...RECEIVED, transfers: [transfer] })).toEqual([
    {
      transfer_no: 1,
      transfer_id: 70,
      created_at: '2019-06-07T10:03:00.000Z',
      received_at: '2019-06-07T10:03:20.000Z',
      seconds: 20,
      kind: 'queue',
      from_agent_id: 5,
      from_virtual_agent_id: null,
      from_queue_id: 9,
      from_queue_path: '1/9',
      from_queue_name: 'Billing',
      to_agent_id: 6,
      to_virtual_agent_id: null,
      to_queue_id: 19,
      to_queue_path: null,
      to_queue_name: 'Tech',
      status: 'transferred',
      fail_reason: null,
      outcome: 'transferred',
      is_escalation: false,
      cold: true,
      is_retry: false,
    },
  ]);
});

describe('the kind of a transfer', () => {
  const other = visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 });
  const own = visitRow(2, '10:03:00', '10:03:10', { menu_path: '19', agent_id: 6, transfer: true, transfer_id: 70 });

  it.each([
    ['agent', { to_agent: { id: 6 } }, [], 'agent'],
    ['queue by its name alone', { to_menu: { name: 'Tech' }, to_agent: { id: 6 } }, [], 'queue'],
    ['queue', QUEUE, [], 'queue'],
    ['virtual agent', { to_virtual_agent: { id: 4 } }, [], 'virtual_agent'],
    ['telephone number', { to_number: '+15550100' }, [], 'third_party'],
    ['none', {}, [], 'none'],
    ['queue if it names a queue and the agent who took it there', { ...QUEUE, to_agent: { id: 6 } }, [], 'queue'],
    [
      'queue if the API does not say which transfers led to queues',
      { ...QUEUE, to_agent: { id: 6 } },
      [other],
      'queue',
    ],
    ['queue if it led to a visit', { ...QUEUE, to_agent: { id: 6 } }, [other, own], 'queue'],
    [
      'agent if another transfer led to a visit',
      { ...QUEUE, to_agent: { id: 6 } },
      [other, { ...own, transfer_id: 71 }],
      'agent',
    ],
  ])('is %s', (_, changes, queue_durations, kind) => {
    expect(transfers({ queue_durations, transfers: [given(changes)] })).toMatchObject([{ kind }]);
  });
});

describe('who received a transfer', () => {
  const to = (changes: Call, call: Call = {}) =>
    transfers({ ...RECEIVED, transfers: [given({ status: 'transferred', ...changes })], ...call })[0]?.to_agent_id;

  it('is the agent it was for, else the one who connected', () => {
    expect(to({ to_agent: { id: 8 } })).toBe(8);
    expect(to(QUEUE)).toBe(6);
    expect(to({})).toBe(6);
  });

  it('is no agent if it was a virtual agent or a person at a telephone number', () => {
    const participants = [
      agent(5, '10:01:05', '10:03:05'),
      { ...row('virtual_agent', '10:03:10', '10:04:00'), user_id: 98 },
      { ...row('third_party', '10:03:20', '10:04:00'), user_id: 99 },
    ];
    expect(to({ to_virtual_agent: { id: 4 } }, { participants })).toBeNull();
    expect(to({ to_number: '+15550100' }, { participants })).toBeNull();
  });

  it('is the agent of the visit that it led to, and of no other', () => {
    const queue_durations = [
      visitRow(1, '10:00:30', '10:01:00', { agent_id: 5 }),
      visitRow(2, '10:03:00', '10:03:10', { menu_path: '19', agent_id: 7, transfer: true, transfer_id: 70 }),
    ];
    const hidden = { participants: null, queue_durations };
    expect(to(QUEUE, hidden)).toBe(7);
    expect(to({ ...QUEUE, id: 71 }, hidden)).toBeNull();
    expect(to({ ...QUEUE, id: null }, hidden)).toBeNull();
    expect(to({ ...QUEUE, status: 'failed' }, hidden)).toBeNull();
  });
});

describe('the end of a transfer', () => {
  it.each([
    ['transferred if its status says so', { status: 'transferred' }, {}, 'transferred'],
    ['failed if its status says so', { status: 'failed' }, RECEIVED, 'failed'],
    ['cancelled if its status says so', { status: 'cancelled' }, RECEIVED, 'cancelled'],
    ['cancelled in the other spelling', { status: 'canceled' }, {}, 'cancelled'],
    ['transferred if an agent received it', {}, RECEIVED, 'transferred'],
    ['unanswered if no agent did', {}, {}, 'unanswered'],
    ['open while an agent can receive it', {}, OPEN, 'open'],
  ])('is %s', (_, changes, call, outcome) => {
    expect(transfers({ ...call, transfers: [given({ to_agent: { id: 6 }, ...changes })] })).toMatchObject([
      { outcome },
    ]);
  });

  it('is read from the transfer if the participants are not shown, and named if it is wrong', () => {
    const read = (connected_at: string) =>
      compute({ participants: null, transfers: [given({ to_agent: { id: 6 }, status: 'transferred', connected_at })] });
    expect(read(at('10:03:20')).transfers).toMatchObject([{ received_at: '2019-06-07T10:03:20.000Z', seconds: 20 }]);
    expect(read('soon').anomalies).toEqual(['bad_timestamp:transfers[].connected_at']);
    expect(read(at('09:00:00')).anomalies).toEqual(['implausible:transfers[].connected_at']);
  });
});

describe('a retry', () => {
  const isRetry = (first: Call, second: Call, call: Call = {}) =>
    transfers({
      ...call,
      transfers: [given({ id: 69, status: 'failed', ...first }), given({ created_at: at('10:03:30'), ...second })],
    })[1]?.is_retry;

  it.each([
    ['the same agent', { to_agent: { id: 6 } }, { to_agent: { id: '6' } }, true],
    ['another agent', { to_agent: { id: 6 } }, { to_agent: { id: 7 } }, false],
    ['the same queue', { to_menu: { id: 19 } }, { to_menu_path: '1/19' }, true],
    ['another queue', { to_menu: { id: 19 } }, { to_menu: { id: 20 } }, false],
    ['a queue of the same name', { to_menu: { name: 'Tech' } }, { to_menu: { name: 'Tech' } }, true],
    ['a queue of another name', { to_menu: { name: 'Tech' } }, { to_menu: { name: 'Sales' } }, false],
    [
      'a queue of the same name and another id',
      { to_menu: { id: 19, name: 'Tech' } },
      { to_menu: { id: 20, name: 'Tech' } },
      false,
    ],
    ['the same queue, with the agent who took it', { ...QUEUE }, { ...QUEUE, to_agent: { id: 6 } }, true],
    ['an agent with the id of the queue', { to_menu: { id: 6 } }, { to_agent: { id: 6 } }, false],
    ['the same virtual agent', { to_virtual_agent: { id: 4 } }, { to_virtual_agent: { id: 4 } }, true],
    ['another virtual agent', { to_virtual_agent: { id: 4 } }, { to_virtual_agent: { id: 3 } }, false],
    ['the same number', { to_number: '+15550100' }, { phone_number: '+15550100' }, true],
    ['another number', { to_number: '+15550100' }, { to_number: '+15550101' }, false],
    ['another number in the other field', { phone_number: '+15550100' }, { phone_number: '+15550101' }, false],
  ])('goes to %s', (_, first, second, expected) => {
    expect(isRetry(first, second)).toBe(expected);
  });

  it.each([
    ['that failed', { status: 'failed' }, {}, true],
    ['that was cancelled', { status: 'cancelled' }, {}, true],
    ['that no agent answered', { status: null }, {}, true],
    ['that succeeded', { status: 'transferred' }, {}, false],
    ['that is open', { status: null }, OPEN, false],
  ])('follows one %s', (_, first, call, expected) => {
    const target = { to_agent: { id: 6 } };
    expect(isRetry({ ...target, ...first }, target, call)).toBe(expected);
  });
});

describe('a transfer is cold', () => {
  const cold = (changes: Call, call: Call = {}) =>
    transfers({
      ...RECEIVED,
      transfers: [given({ status: 'transferred', to_agent: { id: 6 }, ...changes })],
      ...call,
    })[0]?.cold;
  const both = (...rows: Call[]) => ({ participants: [...rows, agent(6, '10:03:20', '10:06:05')] });

  it.each([
    ['if its giver left before', both(agent(5, '10:01:05', '10:03:05')), true],
    ['if its giver left at once', both(agent(5, '10:01:05', '10:03:20')), true],
    ['not if its giver stayed', both(agent(5, '10:01:05', '10:03:20.001')), false],
    ['not if its giver stayed to the end', both(agent(5, '10:01:05')), false],
    [
      'not if its giver left before and returned',
      both(agent(5, '10:01:05', '10:02:00'), agent(5, '10:02:30', '10:05:00', 9)),
      false,
    ],
    ['if its giver had connected at once', both(agent(5, '10:03:00', '10:03:05')), true],
    ['if its giver returned later', both(agent(5, '10:01:05', '10:03:05'), agent(5, '10:03:10', '10:05:00', 9)), true],
  ])('%s', (_, call, expected) => {
    expect(cold({}, call)).toBe(expected);
  });

  it.each([
    ['its giver is not shown', { from_agent: { id: 8 } }, {}],
    ['its giver connected later', {}, both(agent(5, '10:03:00.001', '10:03:05'))],
    ['its giver is unknown', { from_agent: null }, both(agent(null, '10:01:05', '10:03:05'))],
    ['no agent received it', { status: 'failed' }, {}],
    ['the time when its giver left is unknown', {}, { ends_at: null, ...both(agent(5, '10:01:05')) }],
  ])('or not is unknown if %s', (_, changes, call) => {
    expect(cold(changes, call)).toBeNull();
  });

  it('if the visit that it led to says so, and no other', () => {
    const visit = { menu_path: '19', agent_id: 6, transfer: true };
    const queue_durations = [
      visitRow(1, '10:00:30', '10:01:00', { agent_id: 5, transfer_cold: true }),
      visitRow(2, '10:03:00', '10:03:10', { ...visit, transfer_id: 70, transfer_cold: false }),
    ];
    expect(cold(QUEUE, { queue_durations })).toBe(false);
    expect(cold({ ...QUEUE, id: null }, { ...both(agent(5, '10:01:05')), queue_durations })).toBe(false);
    expect(cold({ ...QUEUE, id: 71 }, { queue_durations })).toBe(true);
  });
});
