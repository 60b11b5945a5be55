import { describe, expect, it } from 'vitest';
import { agent, at, CONNECTED, FINISHED } from './fixtures/calls.ts';
import { anomaliesOf, CONNECTED_METRICS, everyMetric, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

describe('call time and billing time', () => {
  it('report a missing start of a call that is over', () => {
    expect(metricsOf({ ...FINISHED, created_at: null })).toEqual({
      ...FINISHED_METRICS,
      billing_time: 'missing_input',
      call_time: 'missing_input',
      ivr_time: 'missing_input',
    });
  });

  it('prefer ended_at to its alias ends_at', () => {
    expect(metricsOf({ ...FINISHED, ended_at: at('10:06:06'), ends_at: at('10:06:05') })).toEqual({
      ...FINISHED_METRICS,
      billing_time: '366 ok',
      call_time: '366 ok',
      handle_time: '301 ok',
    });
  });

  it('share one anomaly', () => {
    const call = { ...FINISHED, created_at: at('10:06:05.001') };
    expect(metricsOf(call)).toEqual({
      ...FINISHED_METRICS,
      billing_time: '0 approximate',
      call_time: '0 approximate',
      ivr_time: 'inconsistent',
      queue_time: 'inconsistent',
      wait_time: 'inconsistent',
      ring_time: 'inconsistent',
      handle_time: 'inconsistent',
    });
    expect(anomaliesOf(call)).toEqual([
      'clock_skew:call_time',
      'implausible:assigned_at',
      'implausible:connected_at',
      'implausible:participants[].connected_at',
      'implausible:queued_at',
      'negative:ivr_time',
    ]);
  });

  it('are inconsistent if the call ends a second or more before it begins', () => {
    const call = { created_at: at('10:00:01'), ends_at: at('10:00:00') };
    expect(metricsOf(call)).toEqual({
      ...everyMetric('not_applicable'),
      billing_time: 'inconsistent',
      call_time: 'inconsistent',
    });
    expect(anomaliesOf(call)).toEqual(['negative:call_time']);
  });
});

describe('IVR time', () => {
  it('is not applicable to a call that is over and was never queued', () => {
    expect(metricsOf({ ...FINISHED, queued_at: null })).toEqual({
      ...FINISHED_METRICS,
      ivr_time: 'not_applicable',
      queue_time: 'not_applicable',
      wait_time: 'not_applicable',
    });
  });

  it('is pending while the caller is in the menu', () => {
    expect(metricsOf({ ...CONNECTED, queued_at: null })).toEqual({
      ...CONNECTED_METRICS,
      ivr_time: 'pending',
      queue_time: 'pending',
      wait_time: 'pending',
    });
  });

  it.each([
    ['10:00:30.000', '0 ok', []],
    ['10:00:30.001', '0 approximate', ['clock_skew:ivr_time']],
    ['10:00:30.999', '0 approximate', ['clock_skew:ivr_time']],
    ['10:00:31.000', 'inconsistent', ['negative:ivr_time']],
  ])('of a call queued at 10:00:30 and created at %s is %s', (created, ivr_time, anomalies) => {
    const call = { ...CONNECTED, created_at: at(created) };
    expect(metricsOf(call)).toEqual({ ...CONNECTED_METRICS, ivr_time });
    expect(anomaliesOf(call)).toEqual(anomalies);
  });
});

describe('queue time and wait time', () => {
  it('are not applicable to a call that is over and never connected', () => {
    expect(metricsOf({ ...FINISHED, connected_at: null, participants: [] })).toEqual({
      ...everyMetric('not_applicable'),
      billing_time: '365 ok',
      call_time: '365 ok',
      ivr_time: '30 ok',
    });
  });

  it('share one anomaly', () => {
    const call = { ...FINISHED, queued_at: at('10:01:06') };
    expect(metricsOf(call)).toEqual({
      ...FINISHED_METRICS,
      ivr_time: '66 ok',
      queue_time: 'inconsistent',
      wait_time: 'inconsistent',
    });
    expect(anomaliesOf(call)).toEqual(['negative:queue_time']);
  });
});

describe('ring time', () => {
  it('is exact from connecting_at, also when the call was assigned earlier', () => {
    expect(metricsOf({ ...FINISHED, connecting_at: at('10:01:02') })).toEqual({
      ...FINISHED_METRICS,
      ring_time: '3 ok',
    });
  });

  it('reports a missing start if the call was neither connecting nor assigned', () => {
    expect(metricsOf({ ...FINISHED, assigned_at: null })).toEqual({ ...FINISHED_METRICS, ring_time: 'missing_input' });
    expect(metricsOf({ ...CONNECTED, assigned_at: null })).toEqual({ ...CONNECTED_METRICS, ring_time: 'pending' });
  });

  it('uses assigned_at if connecting_at cannot be read', () => {
    const call = { ...FINISHED, connecting_at: '10:01:02' };
    expect(metricsOf(call)).toEqual(FINISHED_METRICS);
    expect(anomaliesOf(call)).toEqual(['bad_timestamp:connecting_at']);
  });

  it('ignores assigned_at if it is not needed', () => {
    const call = { ...FINISHED, connecting_at: at('10:01:02'), assigned_at: 'never' };
    expect(metricsOf(call)).toEqual({ ...FINISHED_METRICS, ring_time: '3 ok' });
    expect(anomaliesOf(call)).toEqual([]);
  });

  it.each([
    ['10:01:05.999', '0 approximate', 'clock_skew:ring_time'],
    ['10:01:06.000', 'inconsistent', 'negative:ring_time'],
  ])('of a call connected at 10:01:05 and assigned at %s is %s', (assigned, ring_time, anomaly) => {
    const call = { ...FINISHED, assigned_at: at(assigned) };
    expect(metricsOf(call)).toEqual({ ...FINISHED_METRICS, ring_time });
    expect(anomaliesOf(call)).toEqual([anomaly]);
  });

  it('is clamped from connecting_at as well', () => {
    const call = { ...FINISHED, connecting_at: at('10:01:05.1') };
    expect(metricsOf(call)).toEqual({ ...FINISHED_METRICS, ring_time: '0 approximate' });
    expect(anomaliesOf(call)).toEqual(['clock_skew:ring_time']);
  });
});

describe('handle time', () => {
  it.each([
    ['10:06:05.250', '0 approximate', ['clock_skew:handle_time']],
    ['10:06:07', 'inconsistent', ['implausible:connected_at', 'negative:handle_time']],
  ])('of a call that ended at 10:06:05 and connected at %s is %s', (connected, handle_time, anomalies) => {
    const call = { ...FINISHED, queued_at: null, assigned_at: null, connected_at: at(connected) };
    expect(metricsOf(call)).toEqual({
      ...FINISHED_METRICS,
      ivr_time: 'not_applicable',
      queue_time: 'not_applicable',
      wait_time: 'not_applicable',
      ring_time: 'missing_input',
      handle_time,
    });
    expect(anomaliesOf(call)).toEqual(anomalies);
  });

  it('is that of the call, not of its participants', () => {
    expect(metricsOf({ ...FINISHED, participants: [agent(1, '10:02:00', '10:03:00')] })).toEqual(FINISHED_METRICS);
  });
});

describe('precision', () => {
  it('is a millisecond, without rounding errors', () => {
    const call = {
      ...FINISHED,
      created_at: at('10:00:00.1'),
      queued_at: at('10:00:00.4'),
      connected_at: at('10:01:00.001'),
      ends_at: at('10:01:01.110'),
    };
    expect(
      metricsOf({ ...call, assigned_at: at('10:01:00'), call_duration: 1.1, hold_duration: 0.2, participants: [] }),
    ).toEqual({
      ...everyMetric('not_applicable'),
      billing_time: '61.01 ok',
      call_time: '61.01 ok',
      ivr_time: '0.3 ok',
      queue_time: '59.601 ok',
      wait_time: '59.601 ok',
      ring_time: '0.001 approximate',
      handle_time: '1.109 ok',
      talk_time: '0.9 ok',
      hold_time: '0.2 ok',
    });
  });
});
