import { describe, expect, it } from 'vitest';
import { METRIC_STATUSES, METRICS } from '../../catalog/segment-metrics.ts';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { METRICS_VERSION } from '../../lambdas/segments/metric-results.ts';
import { agent, at, type Call, FINISHED, INBOUND_QUEUED, OUTBOUND_ASSIGNED, row } from './fixtures/calls.ts';

const of = (changes: Call) => computeCallSegments({ ...FINISHED, ...changes });

describe('what identifies a call', () => {
  it('is read from the record', () => {
    const {
      metrics: _,
      segments: __,
      facts: ___,
      ...identity
    } = computeCallSegments({ ...INBOUND_QUEUED, updated_at: at('10:00:00') });
    expect(identity).toEqual({
      call_id: 519,
      call_type: 'Voice Inbound (API)',
      family: 'ivr',
      status: 'queued',
      agent_id: null,
      queue_id: 9,
      queue_name: 'Lock Star',
      created_at: '2019-09-10T05:12:26.000Z',
      updated_at: '2019-06-07T10:00:00.000Z',
      settled_after: null,
      anomalies: [],
    });
    expect(computeCallSegments(OUTBOUND_ASSIGNED)).toMatchObject({
      call_id: 397,
      agent_id: 1,
      queue_id: null,
      queue_name: null,
    });
  });

  it('is null if the record does not contain it', () => {
    expect(computeCallSegments({})).toMatchObject({
      call_id: null,
      call_type: null,
      family: 'other',
      status: null,
      agent_id: null,
      queue_id: null,
      queue_name: null,
      created_at: null,
      updated_at: null,
      settled_after: null,
      segments: [],
      anomalies: [],
    });
  });

  it.each([
    [7, 7],
    ['7', 7],
    [0, 0],
    [-0, 0],
    [-6, -6],
    ['-6', -6],
    ['007', '007'],
    ['7.0', '7.0'],
    ['call-7', 'call-7'],
    ['9007199254740993', '9007199254740993'],
    ['1e3', '1e3'],
    ['1.5', '1.5'],
    ['', null],
    [1.5, null],
    [2 ** 53, null],
    [true, null],
    [{ id: 7 }, null],
    [null, null],
  ])('has the id %j as %j', (id, call_id) => {
    expect(of({ id }).call_id).toBe(call_id);
  });

  it('has a status only if it is a text', () => {
    expect(of({ status: 8 }).status).toBeNull();
    expect(of({ status: '' }).status).toBeNull();
  });
});

describe('the agent of a call', () => {
  const participants = [
    agent(3, '10:03:00', '10:04:00'),
    agent(2, '10:05:00', '10:06:00'),
    agent(null, '10:05:30', '10:06:00'),
    agent(4, null),
    { ...row('end_user', '10:05:50'), user_id: 5 },
    { ...row('third_party', '10:05:50', '10:05:55'), user_id: 6 },
  ];

  it('is that of agent_info', () => {
    expect(of({ agent_info: { id: 9 }, participants }).agent_id).toBe(9);
    expect(of({ agent_info: { id: '9' }, participants }).agent_id).toBe(9);
  });

  it.each([null, undefined, {}, { id: null }, { id: 'x' }, [9], 9])(
    'is the one who connected last without it: %j',
    (agent_info) => {
      expect(of({ agent_info, participants }).agent_id).toBe(2);
      expect(of({ agent_info, participants: participants.toReversed() }).agent_id).toBe(2);
    },
  );

  it('is the one with the greater id if two connected last', () => {
    const rows = [agent(3, '10:03:00', null, 1), agent(2, '10:03:00', null, 2)];
    expect(of({ agent_info: null, participants: rows }).agent_id).toBe(3);
    expect(of({ agent_info: null, participants: rows.toReversed() }).agent_id).toBe(3);
  });

  it('is null if no agent connected', () => {
    expect(of({ agent_info: null, participants: participants.slice(3) }).agent_id).toBeNull();
  });
});

describe('the queue of a call', () => {
  const menu_path = { name: 'Path', materialized_path: '9' };

  it('is the selected menu', () => {
    expect(of({ selected_menu: { id: '5', name: 'Menu' }, menu_path })).toMatchObject({
      queue_id: 5,
      queue_name: 'Menu',
    });
  });

  it('is the menu path if the selected menu has no id', () => {
    expect(of({ menu_path })).toMatchObject({ queue_id: 9, queue_name: 'Path' });
    expect(of({ selected_menu: null, menu_path })).toMatchObject({ queue_id: 9, queue_name: 'Path' });
    expect(of({ selected_menu: { id: 5, name: null }, menu_path })).toMatchObject({ queue_id: 5, queue_name: 'Path' });
    expect(of({ selected_menu: { name: 'Menu' }, menu_path })).toMatchObject({ queue_id: 9, queue_name: 'Menu' });
  });

  it.each([
    ['3389', 3389],
    ['12/34/56', 56],
    ['12.34', 34],
    ['12/34/', 34],
    ['12 > 34', 34],
    [7, 7],
    [[12, 34], 34],
    [['12', '34'], 34],
    [['12', '34', '56'], 56],
    [[], null],
    ['12/sales', null],
    ['string', null],
    ['', null],
    [null, null],
    [{ 0: 7 }, null],
  ])('of the path %j is %j', (materialized_path, queue_id) => {
    expect(of({ menu_path: { materialized_path } }).queue_id).toBe(queue_id);
  });
});

describe('the times of a call', () => {
  it('are in UTC with milliseconds', () => {
    expect(of({ created_at: '2019-06-07T12:00:00+02:00', updated_at: '2019-06-07T10:06:05.5Z' })).toMatchObject({
      created_at: '2019-06-07T10:00:00.000Z',
      updated_at: '2019-06-07T10:06:05.500Z',
      metrics: { call_time: { seconds: 365, status: 'ok' } },
    });
  });

  it('settle a day after the end, or as long as is configured', () => {
    expect(of({}).settled_after).toBe('2019-06-08T10:06:05.000Z');
    expect(of({ ended_at: at('10:06:05.123') }).settled_after).toBe('2019-06-08T10:06:05.123Z');
    expect(computeCallSegments(FINISHED, {}).settled_after).toBe('2019-06-08T10:06:05.000Z');
    expect(computeCallSegments(FINISHED, { settleHours: 72 }).settled_after).toBe('2019-06-10T10:06:05.000Z');
    expect(computeCallSegments(FINISHED, { settleHours: 1.5 }).settled_after).toBe('2019-06-07T11:36:05.000Z');
    expect(computeCallSegments(FINISHED, { settleHours: 0 }).settled_after).toBe('2019-06-07T10:06:05.000Z');
  });
});

describe('a timestamp that is not one', () => {
  it.each([
    'created_at',
    'updated_at',
    'queued_at',
    'assigned_at',
    'connecting_at',
    'connected_at',
    'ended_at',
    'ends_at',
    'scheduled_at',
  ])('in %s counts as missing and is an anomaly', (field) => {
    for (const garbage of ['', 'soon', '2019-06-07', 1559901605, true, [], {}]) {
      const { anomalies, ...result } = of({ [field]: garbage });
      expect(anomalies).toEqual([`bad_timestamp:${field}`]);
      const { anomalies: _, ...missing } = of({ [field]: null });
      expect(result).toEqual(missing);
    }
  });

  it('is reported once and in alphabetical order', () => {
    const garbage = { type: 'agent', connected_at: 'x', ended_at: 'x' };
    expect(of({ updated_at: 1, created_at: 1, scheduled_at: 1, participants: [garbage, garbage] }).anomalies).toEqual([
      'bad_timestamp:created_at',
      'bad_timestamp:participants[].connected_at',
      'bad_timestamp:participants[].ended_at',
      'bad_timestamp:scheduled_at',
      'bad_timestamp:updated_at',
    ]);
  });
});

describe('the rules', () => {
  it('have a version, twelve metrics and six statuses', () => {
    expect(METRICS_VERSION).toBe(4);
    expect(METRICS).toEqual([
      'billing_time',
      'call_time',
      'ivr_time',
      'queue_time',
      'wait_time',
      'handle_time',
      'transfer_time',
      'conference_time',
      'third_party_talk_time',
      'ring_time',
      'talk_time',
      'hold_time',
    ]);
    expect(METRIC_STATUSES).toEqual([
      'ok',
      'approximate',
      'not_applicable',
      'pending',
      'missing_input',
      'inconsistent',
    ]);
    expect(Object.keys(of({}).metrics)).toEqual(METRICS);
  });
});
