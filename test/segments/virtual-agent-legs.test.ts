import { describe, expect, it } from 'vitest';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { agent, at, type Call, FINISHED, row } from './fixtures/calls.ts';
import { visitRow } from './fixtures/duration-rows.ts';

/** A call that ended at 10:06:05 without an agent. */
const CALL: Call = {
  ...FINISHED,
  queued_at: null,
  assigned_at: null,
  connected_at: null,
  agent_info: null,
  participants: [],
  menu_path: '9',
};
const OPEN = { status: 'connected', ends_at: null };
const compute = (changes: Call) => computeFacts('call', { ...CALL, ...changes });
const legs = (changes: Call) => compute(changes).virtual_agent_legs;
const part = (id: number | null, from: string | null, to: string | null, changes: Call = {}): Call => ({
  id,
  started_at: from === null ? null : at(from),
  ended_at: to === null ? null : at(to),
  ...changes,
});
const rows = (...virtual_agent_handle_durations: Call[]) => ({ virtual_agent_handle_durations });
const PART = part(1, '10:00:05', '10:00:25');

describe('the parts of virtual_agent_handle_durations', () => {
  it('are in the order of their starts, and one without a start is the last', () => {
    expect(
      legs(rows(part(1, null, null), part(2, '10:02:00', '10:03:00'), part(3, '10:01:00', '10:02:00'))).map(
        ({ leg_no, leg_id, started_at }) => [leg_no, leg_id, started_at],
      ),
    ).toEqual([
      [1, 3, '2019-06-07T10:01:00.000Z'],
      [2, 2, '2019-06-07T10:02:00.000Z'],
      [3, 1, null],
    ]);
  });

  it.each([
    ['duration', { duration: 19, call_duration: 18, chat_duration: 17 }, 19],
    ['call_duration', { call_duration: 18, chat_duration: 17 }, 18],
    ['chat_duration', { chat_duration: 17 }, 17],
    ['its times', {}, 20],
    ['its times, if the API sent zero', { duration: 0 }, 20],
  ])('have the length of %s', (_, changes, seconds) => {
    expect(legs(rows({ ...PART, ...changes }))).toMatchObject([{ seconds, source: 'array' }]);
  });

  it.each([
    [12, '10:00:05', null, 12],
    [0, '10:00:05', null, null],
    [0, null, '10:00:25', 0],
  ])('have the length %s from %s to %s as %s', (duration, from, to, seconds) => {
    expect(legs(rows(part(1, from, to, { duration })))).toMatchObject([{ seconds }]);
  });

  it.each([
    ['started_at', { started_at: 'soon' }, 'bad_timestamp:virtual_agent_handle_durations[].started_at'],
    ['ended_at', { ended_at: 'soon' }, 'bad_timestamp:virtual_agent_handle_durations[].ended_at'],
    ['a length', { duration: 60 }, 'recomputed:virtual_agent_handle_durations[].duration'],
  ])('name %s that is wrong', (_, changes, anomaly) => {
    expect(compute(rows({ ...PART, ...changes })).anomalies).toEqual([anomaly]);
  });
});

describe('the parts of participants', () => {
  const participant = (from: string, to: string | null, changes: Call = {}) => ({
    ...row('virtual_agent', from, to),
    ...changes,
  });

  it('are those of virtual agents, with their ids and times', () => {
    const participants = [agent(5, '10:01:05', '10:06:05'), participant('10:00:05', '10:00:25')];
    expect(legs({ participants })).toMatchObject([
      {
        leg_id: 700,
        source: 'derived',
        seconds: 20,
        started_at: '2019-06-07T10:00:05.000Z',
        ended_at: '2019-06-07T10:00:25.000Z',
      },
    ]);
    expect(legs({ participants: undefined })).toEqual([]);
  });

  it.each([
    ['call_duration', { call_duration: 18, chat_duration: 17 }, 18],
    ['chat_duration', { call_duration: null, chat_duration: 17 }, 17],
  ])('have the length of %s', (_, changes, seconds) => {
    expect(legs({ participants: [participant('10:00:05', '10:00:25', changes)] })).toMatchObject([{ seconds }]);
  });

  it('last until the end of the call, if they have no end', () => {
    const participants = [participant('10:00:05', null, { call_duration: null })];
    expect(legs({ participants })).toMatchObject([{ seconds: 360, ended_at: '2019-06-07T10:06:05.000Z' }]);
  });

  it('have no length while they last, whatever the API sends', () => {
    const participants = [participant('10:00:05', null, { call_duration: 30 })];
    expect(legs({ ...OPEN, participants })).toMatchObject([{ seconds: null, ended_at: null, outcome: 'open' }]);
    expect(legs({ ...OPEN, participants: [participant('10:00:05', '10:00:25')] })).toMatchObject([{ seconds: 20 }]);
  });

  it('are at most a thousand', () => {
    const participants = Array.from({ length: 1_001 }, (_, id) => participant('10:00:05', '10:00:25', { id }));
    expect(legs({ participants })).toHaveLength(1_000);
  });
});

describe('a part', () => {
  const given = (created: string, changes: Call = {}): Call => ({
    id: 70,
    created_at: at(created),
    from_agent: { id: 5 },
    to_virtual_agent: { id: 4 },
    to_menu_path: '19',
    ...changes,
  });

  it.each([
    ['created when it started', given('10:03:00'), true],
    ['created two seconds before', given('10:02:58'), true],
    ['created earlier', given('10:02:57.999'), false],
    ['created two seconds later', given('10:03:02'), true],
    ['created later', given('10:03:02.001'), false],
    ['to a queue', given('10:03:00', { to_virtual_agent: null }), false],
  ])('begins by a transfer %s', (_, transfer, isIncoming) => {
    expect(legs({ ...rows(part(1, '10:03:00', '10:04:00')), transfers: [transfer] })).toMatchObject([
      {
        initiated_by: isIncoming ? 'agent' : 'consumer',
        virtual_agent_id: isIncoming ? 4 : null,
        queue_id: isIncoming ? 19 : 9,
        transfer_id: isIncoming ? 70 : null,
      },
    ]);
  });

  it('begins by a transfer that it received long after', () => {
    const participants = [row('virtual_agent', '10:03:00', '10:04:00')];
    const found = { ...rows(part(1, '10:03:00', '10:04:00')), participants, transfers: [given('10:02:00')] };
    expect(legs(found)).toMatchObject([{ transfer_id: 70, initiated_by: 'agent' }]);
  });

  it('begins by the end user if no agent made the transfer', () => {
    const transfers = [given('10:03:00', { from_agent: null, from_virtual_agent: { id: 3 } })];
    expect(legs({ ...rows(part(1, '10:03:00', '10:04:00')), transfers })).toMatchObject([
      { transfer_id: 70, initiated_by: 'consumer' },
    ]);
  });

  it('without a start begins by no transfer', () => {
    expect(legs({ ...rows(part(1, null, '10:04:00')), transfers: [given('10:03:00')] })).toMatchObject([
      { transfer_id: null },
    ]);
  });

  it.each([
    ['the id of its row', { virtual_agent_id: 1, virtual_agent: { id: 2 } }, 1],
    ['the object of its row', { virtual_agent: { id: 2 } }, 2],
    ['the transfer to it', {}, 4],
  ])('is of the virtual agent of %s', (_, changes, virtual_agent_id) => {
    const found = { ...rows(part(1, '10:03:00', '10:04:00', changes)), virtual_agent: { id: 3 } };
    expect(legs({ ...found, transfers: [given('10:03:00')] })).toMatchObject([{ virtual_agent_id }]);
  });

  it('is of the virtual agent of the call, if nothing else names one', () => {
    expect(legs({ ...rows(PART), virtual_agent: { id: 3 } })).toMatchObject([{ virtual_agent_id: 3 }]);
  });

  it('is of the queue of its row, with the path that the call has for it', () => {
    expect(legs({ ...rows({ ...PART, menu_path: '7' }), menu_path: '1/9' })).toMatchObject([
      { queue_id: 7, queue_path: '7' },
    ]);
    expect(legs({ ...rows(PART), menu_path: '1/9' })).toMatchObject([{ queue_id: 9, queue_path: '1/9' }]);
  });

  it('has the transfer of its row, else that to it, else that by it', () => {
    const by = { id: 71, created_at: at('10:04:00'), from_virtual_agent: { id: 3 }, to_menu: { id: 9 } };
    const id = (changes: Call, transfers: Call[]) =>
      legs({ ...rows(part(1, '10:03:00', '10:04:00', changes)), transfers })[0]?.transfer_id;
    expect(id({ transfer_id: 72 }, [given('10:03:00'), by])).toBe(72);
    expect(id({}, [given('10:03:00'), by])).toBe(70);
    expect(id({}, [by])).toBe(71);
  });
});

describe('the outcome of a part', () => {
  const outcome = (changes: Call) => legs({ ...rows(PART), ...changes })[0]?.outcome;
  const by = (created: string, changes: Call = {}) => ({
    transfers: [{ id: 71, created_at: at(created), from_virtual_agent: { id: 3 }, to_menu: { id: 9 }, ...changes }],
  });
  const END = rows(part(1, '10:00:05', '10:06:05'));
  const BY_CALLER = { disconnected_by: 'disconnected_by_end_user' };

  it.each([
    ['is the word of the API', rows({ ...PART, finish_reason: 'resolved' }), 'resolved'],
    [
      'is escalated if the word says nothing',
      { ...rows({ ...PART, finish_reason: 'undefined' }), ...by('10:00:25') },
      'escalated',
    ],
    ['is not a word that is unknown', rows({ ...PART, finish_reason: 'tired' }), 'undefined'],
    ['is escalated if it handed the call over at its end', by('10:00:25'), 'escalated'],
    ['is escalated if it did so within two seconds', by('10:00:27'), 'escalated'],
    ['is not escalated if it did so later', by('10:00:27.001'), 'undefined'],
    [
      'is not escalated if someone else did so',
      by('10:00:25', { from_virtual_agent: null, from_agent: { id: 5 } }),
      'undefined',
    ],
    ['is escalated if an escalation says so', { escalations: [{ id: 99 }] }, 'escalated'],
    ['is open while it lasts', { ...OPEN, ...rows(part(1, '10:00:05', null)) }, 'open'],
    ['is not open when it is over', OPEN, 'undefined'],
    ['is failed if the call failed with it', { ...END, status: 'failed' }, 'failed'],
    [
      'is failed if the call failed while it had no end',
      { ...rows(part(1, '10:00:05', null)), status: 'failed' },
      'failed',
    ],
    ['is failed if the end of the call is unknown', { ...END, status: 'failed', ends_at: null }, 'failed'],
    ['is not failed if the call continued', { status: 'failed' }, 'undefined'],
    [
      'is not failed if the call continued for a second',
      { ...rows(part(1, '10:00:05', '10:06:04')), status: 'failed' },
      'undefined',
    ],
    [
      'is failed if the call ended within a second',
      { ...rows(part(1, '10:00:05', '10:06:04.001')), status: 'failed' },
      'failed',
    ],
    ['is that of the end user who left', { ...END, ...BY_CALLER }, 'consumer_ended'],
    [
      'is not that of the end user if an agent had the call',
      { ...END, ...BY_CALLER, participants: [agent(5, '10:01:05', '10:06:05')] },
      'undefined',
    ],
    ['is not that of the end user who left later', BY_CALLER, 'undefined'],
    ['is undefined otherwise', END, 'undefined'],
  ])('%s', (_, changes, expected) => {
    expect(outcome(changes)).toBe(expected);
  });

  it('is that of the call for the last part only', () => {
    const both = rows(part(1, '10:00:05', '10:06:05'), part(2, '10:01:00', '10:06:05'));
    expect(legs({ ...both, status: 'failed' }).map((leg) => leg.outcome)).toEqual(['undefined', 'failed']);
  });

  it.each([
    ['by its id', [{ id: 2, reason: 'asked' }], [null, 'asked']],
    ['by the id of the part', [{ id: 9, virtual_agent_handle_duration_id: '2', reason: 'asked' }], [null, 'asked']],
    ['by its place if there are as many', [{ reason: 'one' }, { reason: 'two' }], ['one', 'two']],
    ['not at all if there are fewer', [{ id: 9, reason: 'asked' }], [null, null]],
    ['by the older name of the reason', [{ id: 2, escalation_reason: 'asked' }], [null, 'asked']],
  ])('has the reason of the escalation %s', (_, escalations, reasons) => {
    const both = rows(PART, part(2, '10:01:00', '10:02:00'));
    const found = legs({ ...both, escalations });
    expect(found.map(({ reason }) => reason)).toEqual(reasons);
    expect(found.map((leg) => leg.outcome)).toEqual(
      reasons.map((reason) => (reason === null ? 'undefined' : 'escalated')),
    );
  });

  it('has the reason of the only part by its place, and the finish reason without an escalation', () => {
    expect(
      legs({ ...rows({ ...PART, id: null }), escalations: [{ reason: 'asked' }, { reason: 'again' }] }),
    ).toMatchObject([{ reason: 'asked' }]);
    expect(legs(rows({ ...PART, finish_reason: 'resolved' }))).toMatchObject([{ reason: 'resolved' }]);
  });

  it('has no reason of an escalation without an id, if the part has none', () => {
    const unnamed = rows({ ...PART, id: null }, part(2, '10:01:00', '10:02:00'));
    expect(legs({ ...unnamed, escalations: [{ reason: 'asked' }] }).map(({ reason }) => reason)).toEqual([null, null]);
  });
});

describe('a part is in a queue', () => {
  const waited = (to: string | null) => ({ queue_durations: [visitRow(1, '10:00:30', to)] });
  const inQueue = (from: string | null, to: string | null, changes: Call = {}) =>
    legs({ ...waited('10:01:00'), ...rows(part(1, from, to)), ...changes })[0]?.in_queue;

  it.each([
    ['if it ran within a visit', '10:00:40', '10:00:50', true],
    ['if it ran to the end of the visit', '10:00:40', '10:01:00', true],
    ['if it has no end yet', '10:00:40', null, true],
    ['not if it led to the visit', '10:00:30', '10:00:50', false],
    ['not if it began when the visit ended', '10:01:00', '10:01:00', false],
    ['not if it ran on after the visit', '10:00:40', '10:01:00.001', false],
    ['not if it began before', '10:00:20', '10:00:40', false],
    ['not if it began after', '10:02:00', '10:03:00', false],
    ['not if its start is unknown', null, '10:00:50', false],
  ])('%s', (_, from, to, expected) => {
    expect(inQueue(from, to)).toBe(expected);
  });

  it('as long as the session is in the queue', () => {
    expect(inQueue('10:00:40', '10:00:50', { ...OPEN, ...waited(null) })).toBe(true);
    expect(inQueue('10:00:20', '10:00:50', { ...OPEN, ...waited(null) })).toBe(false);
  });

  it('if its row says so', () => {
    expect(legs(rows({ ...PART, in_queue_wait_time_va: true }))).toMatchObject([{ in_queue: true }]);
    expect(legs(rows({ ...PART, in_queue_wait_time_va: 'no' }))).toMatchObject([{ in_queue: false }]);
  });

  it('not if the time of entry into the queue is unknown', () => {
    const queue_durations = [{ id: 1, menu_path: '9', agent_id: null, ended_at: at('10:01:00') }];
    expect(inQueue('10:00:40', '10:00:50', { queue_durations })).toBe(false);
  });
});
