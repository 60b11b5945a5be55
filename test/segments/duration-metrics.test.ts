import { describe, expect, it } from 'vitest';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { FINISHED } from './fixtures/calls.ts';
import { anomaliesOf, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

const talkAndHold = (duration: unknown, hold: unknown) => {
  const call = { ...FINISHED, call_duration: duration, hold_duration: hold };
  const { talk_time, hold_time, ...others } = metricsOf(call);
  const { talk_time: _, hold_time: __, ...unchanged } = FINISHED_METRICS;
  expect(others).toEqual(unchanged);
  return { talk_time, hold_time, anomalies: anomaliesOf(call) };
};

describe('talk time and hold time', () => {
  it.each([
    ['a duration and a hold', 300, 45, '255 ok', '45 ok', []],
    ['no time on hold', 300, 0, '300 ok', '0 ok', []],
    ['nothing but hold', 45, 45, '0 ok', '45 ok', []],
    ['milliseconds', 0.3, 0.1, '0.2 ok', '0.1 ok', []],
    ['more than milliseconds', 10.00049, 0, '10 ok', '0 ok', []],
    ['numbers that drifted to text', '300', '45.5', '254.5 ok', '45.5 ok', []],
    ['no duration', null, 45, 'missing_input', '45 ok', []],
    ['an unreadable duration', 'five minutes', 45, 'missing_input', '45 ok', []],
    ['a blank duration', ' ', 45, 'missing_input', '45 ok', []],
    ['an endless duration', Number.POSITIVE_INFINITY, 45, 'missing_input', '45 ok', []],
    ['no hold', 300, null, '300 approximate', 'missing_input', []],
    ['an unreadable hold', 300, { seconds: 45 }, '300 approximate', 'missing_input', []],
    ['a boolean hold', 300, true, '300 approximate', 'missing_input', []],
    ['neither', null, null, 'missing_input', 'missing_input', []],
    ['more hold than duration', 45, 45.001, 'inconsistent', '45.001 ok', ['negative:talk_time']],
    ['a negative hold', 300, -1, 'inconsistent', 'inconsistent', ['negative:hold_time']],
    ['a negative hold without a duration', null, -0.5, 'missing_input', 'inconsistent', ['negative:hold_time']],
    ['a negative duration', -1, 0, 'inconsistent', '0 ok', ['negative:talk_time']],
    ['a negative duration without a hold', -1, null, 'inconsistent', 'missing_input', ['negative:talk_time']],
  ])('with %s', (_, duration, hold, talk_time, hold_time, anomalies) => {
    expect(talkAndHold(duration, hold)).toEqual({ talk_time, hold_time, anomalies });
  });

  it('prefer duration to its alias call_duration', () => {
    expect(metricsOf({ ...FINISHED, duration: 100 })).toEqual({ ...FINISHED_METRICS, talk_time: '55 ok' });
    expect(metricsOf({ ...FINISHED, duration: 'x' })).toEqual(FINISHED_METRICS);
    expect(metricsOf({ ...FINISHED, duration: 0, hold_duration: 0 })).toEqual({
      ...FINISHED_METRICS,
      talk_time: '0 ok',
      hold_time: '0 ok',
    });
  });

  it('are not applicable to a call that is over and never connected, whatever the durations say', () => {
    const call = { ...FINISHED, connected_at: null, participants: [], call_duration: 0, hold_duration: -1 };
    expect(metricsOf(call)).toMatchObject({ talk_time: 'not_applicable', hold_time: 'not_applicable' });
    expect(anomaliesOf(call)).toEqual([]);
  });

  it('are never minus zero', () => {
    const { metrics } = computeCallSegments({ ...FINISHED, call_duration: -0, hold_duration: -0.0001 });
    expect(metrics.talk_time.seconds).toBe(0);
    expect(metrics.hold_time.seconds).toBe(0);
  });
});
