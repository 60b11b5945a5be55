import { describe, expect, it } from 'vitest';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { createInstant } from '../../lambdas/segments/instant.ts';
import { judgeDuration } from '../../lambdas/segments/plausibility.ts';
import { agent, at, type Call, FINISHED, row } from './fixtures/calls.ts';
import { anomaliesOf, CONNECTED_METRICS, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

const EPOCH = '1970-01-01T00:00:00.000Z';
const YEAR_1 = '0001-01-01T00:00:00Z';
const HOURS_BEFORE = '2019-06-07T08:00:00Z';
const HOURS_AFTER = '2019-06-07T12:06:05Z';
const FAR = '2101-01-01T00:00:00Z';
const WRONG = [EPOCH, YEAR_1, HOURS_BEFORE, HOURS_AFTER, FAR];

const OF_CONNECTED = ['queue_time', 'wait_time', 'ring_time', 'handle_time'];
const inconsistent = (...metrics: readonly string[]) => ({
  ...FINISHED_METRICS,
  ...Object.fromEntries(metrics.map((metric) => [metric, 'inconsistent'])),
});

describe('a time that contradicts its call', () => {
  it.each([
    ['connected_at', OF_CONNECTED],
    ['queued_at', ['ivr_time', 'queue_time', 'wait_time']],
    ['assigned_at', ['ring_time']],
    ['connecting_at', ['ring_time']],
  ])('%s makes what is computed from it inconsistent, names itself, and leaves the rest', (field, metrics) => {
    for (const wrong of WRONG) {
      const call = { ...FINISHED, [field]: wrong };
      expect([wrong, metricsOf(call)]).toEqual([wrong, inconsistent(...metrics)]);
      expect(anomaliesOf(call)).toContain(`implausible:${field}`);
      expect(anomaliesOf(call).filter((anomaly) => !/^(implausible|negative):/.test(anomaly))).toEqual([]);
    }
  });

  it.each(['ends_at', 'ended_at'])('%s is ignored as an end of other times', (field) => {
    for (const wrong of [EPOCH, YEAR_1, HOURS_BEFORE, FAR]) {
      const call = { ...FINISHED, [field]: wrong };
      expect([wrong, metricsOf(call)]).toEqual([wrong, inconsistent('billing_time', 'call_time', 'handle_time')]);
      expect(anomaliesOf(call).filter((anomaly) => anomaly.startsWith('implausible:'))).toEqual([
        `implausible:${field}`,
      ]);
    }
  });

  it('created_at of another age is ignored as a start of other times', () => {
    for (const wrong of [EPOCH, YEAR_1, FAR]) {
      const call = { ...FINISHED, created_at: wrong };
      expect([wrong, metricsOf(call)]).toEqual([wrong, inconsistent('billing_time', 'call_time', 'ivr_time')]);
    }
  });

  it('is also found while the call is open', () => {
    for (const wrong of [EPOCH, YEAR_1, HOURS_BEFORE])
      expect(metricsOf({ ...FINISHED, status: 'connected', ends_at: null, connected_at: wrong })).toEqual({
        ...CONNECTED_METRICS,
        queue_time: 'inconsistent',
        wait_time: 'inconsistent',
        ring_time: 'inconsistent',
        handle_time: 'pending',
      });
  });

  it.each([
    ['10:00:00', '2019-06-07T09:59:59.000Z', false],
    ['10:00:00', '2019-06-07T09:59:58.999Z', true],
    ['10:06:05', '2019-06-07T10:06:06.000Z', false],
    ['10:06:05', '2019-06-07T10:06:06.001Z', true],
  ])('is more than a second from %s: %s', (_, assigned, isWrong) => {
    const call = { ...FINISHED, assigned_at: assigned };
    expect(anomaliesOf(call).includes('implausible:assigned_at')).toBe(isWrong);
  });

  it('is not found in the schedule', () => {
    for (const scheduled_at of [EPOCH, YEAR_1, FAR])
      expect(anomaliesOf({ ...FINISHED, scheduled_at, call_type: 'Voice Inbound (IVR)' })).toEqual([]);
  });

  it('creates no segment of absurd length', () => {
    const fields = ['created_at', 'queued_at', 'assigned_at', 'connected_at', 'ends_at'];
    for (const field of fields)
      for (const wrong of WRONG) {
        const call = { ...FINISHED, [field]: wrong, transfers: [{ created_at: wrong, status: 'transferred' }] };
        const { metrics, segments } = computeCallSegments(call);
        if (field === 'ends_at' && wrong === HOURS_AFTER) continue;
        if (field === 'created_at' && wrong === HOURS_BEFORE) continue;
        for (const { seconds } of Object.values(metrics)) expect(seconds ?? 0).toBeLessThanOrEqual(365);
        for (const { seconds } of segments) expect(seconds ?? 0).toBeLessThanOrEqual(365);
      }
  });
});

describe('a row of a participant or a transfer that contradicts its call', () => {
  const late = (time: string) => ({ ...agent(2, '10:04:00', '10:05:00'), connected_at: time });

  it('makes conferences inconsistent if two agents are involved', () => {
    for (const wrong of WRONG) {
      const participants = [agent(1, '10:01:05', '10:06:05'), late(wrong)];
      expect([wrong, metricsOf({ ...FINISHED, participants })]).toEqual([wrong, inconsistent('conference_time')]);
      expect(anomaliesOf({ ...FINISHED, participants })).toEqual(['implausible:participants[].connected_at']);
      expect(computeCallSegments({ ...FINISHED, participants }).agent_id).toBe(1);
      expect(metricsOf({ ...FINISHED, participants: [late(wrong)] })).toEqual(FINISHED_METRICS);
    }
  });

  it('makes the talk of a third party inconsistent', () => {
    for (const wrong of WRONG) {
      const participants = [
        agent(1, '10:01:05', '10:06:05'),
        { ...row('third_party', '10:05:00', '10:05:30'), ended_at: wrong },
      ];
      expect([wrong, metricsOf({ ...FINISHED, participants })]).toEqual([wrong, inconsistent('third_party_talk_time')]);
    }
  });

  it('makes the time of transfers inconsistent', () => {
    for (const wrong of WRONG) {
      const transfers = [{ created_at: wrong, status: 'transferred', to_agent: { id: 2 } }];
      const participants = [agent(1, '10:01:05', '10:06:05'), agent(2, '10:04:00', '10:06:05')];
      const metrics = metricsOf({ ...FINISHED, participants, transfers });
      expect([wrong, metrics]).toEqual([wrong, { ...inconsistent('transfer_time'), conference_time: '125 ok' }]);
    }
    const transfers = [{ created_at: at('10:03:40'), status: 'transferred', to_agent: { id: 2 } }];
    const participants = [agent(1, '10:01:05', '10:06:05'), late(HOURS_AFTER)];
    expect(metricsOf({ ...FINISHED, participants, transfers }).transfer_time).toBe('inconsistent');
  });
});

describe('the duration of a call', () => {
  const marksOf = (changes: Call) => computeCallSegments({ ...FINISHED, ...changes }).anomalies;
  const two = [agent(1, '10:01:05', '10:03:00'), agent(2, '10:03:00', '10:06:05')];

  it('contradicts the call if it is longer than from connection to end', () => {
    expect(marksOf({ call_duration: 301 })).toEqual([]);
    expect(marksOf({ call_duration: 302 })).toEqual(['implausible:duration']);
  });

  it('is marked if it is that of the last agent only', () => {
    expect(marksOf({ call_duration: 185, participants: two })).toEqual(['last_leg_only:duration']);
    expect(marksOf({ call_duration: 300, participants: two })).toEqual([]);
    expect(marksOf({ call_duration: 100, participants: two })).toEqual([]);
    expect(marksOf({ call_duration: 185, status: 'connected', ends_at: null, participants: two })).toEqual([]);
  });
});

describe('the duration of a call of 100 seconds', () => {
  const START = Date.parse(at('10:00:00'));
  const instant = (milliseconds: number) => createInstant(START + milliseconds);
  const TOO_LONG = ['implausible:duration'];
  const LAST_ONLY = ['last_leg_only:duration'];
  type Inputs = Parameters<typeof judgeDuration>[0];

  /** @param agents milliseconds at which agents connected */
  const judged = (duration: number | null, agents: readonly number[] = [], changes: Partial<Inputs> = {}) => {
    const anomalies: string[] = [];
    const inputs = { duration, connected: instant(0), ended: instant(100_000), over: true, ...changes };
    judgeDuration(inputs, agents.map(instant), anomalies);
    return anomalies;
  };

  it.each([
    [100_000, [], []],
    [101_500, [], []],
    [101_501, [], TOO_LONG],
    [0, [], []],
    [40_000, [], []],
    // an agent who connected later than the call
    [40_000, [60_000], []],
    [40_000, [0, 60_000], LAST_ONLY],
    [38_500, [0, 60_000], LAST_ONLY],
    [41_500, [0, 60_000], LAST_ONLY],
    [38_499, [0, 60_000], []],
    [41_501, [0, 60_000], []],
    [20_000, [0, 60_000, 80_000], LAST_ONLY],
    [40_000, [0, 60_000, 80_000], []],
    [98_500, [0, 1_500], []],
    [98_499, [0, 1_501], LAST_ONLY],
    [0, [0, 100_000], []],
    [null, [0, 100_000], []],
  ])('may be %j ms with agents from %j on: %j', (duration, agents, expected) => {
    expect(judged(duration, agents)).toEqual(expected);
  });

  it('is too long for a call that ended when it was connected', () => {
    expect(judged(1_500, [], { ended: instant(0) })).toEqual([]);
    expect(judged(1_501, [], { ended: instant(0) })).toEqual(TOO_LONG);
  });

  it.each([
    ['of an open call', { over: false }],
    ['of a call without a connection', { connected: null }],
    ['of a call without an end', { ended: null }],
    ['of a call with an implausible connection', { connected: { ...instant(0), isImplausible: true } }],
    ['of a call with an implausible end', { ended: { ...instant(100_000), isImplausible: true } }],
    ['of a call that ended before it was connected', { connected: instant(200_000) }],
  ] as const)('%s is not compared', (_, changes) => {
    expect(judged(900_000, [0, 60_000], changes)).toEqual([]);
  });
});
