import { describe, expect, it } from 'vitest';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import {
  agent,
  at,
  FINISHED,
  finishedWith,
  INBOUND_ABANDONED,
  INBOUND_QUEUED,
  OUTBOUND_ASSIGNED,
  row,
  transfer,
} from './fixtures/calls.ts';
import { anomaliesOf, everyMetric, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

describe('the vectors of the rules', () => {
  it('an outbound call that was just assigned has no menu and no queue; everything else is pending', () => {
    expect(metricsOf(OUTBOUND_ASSIGNED)).toEqual({
      ...everyMetric('pending'),
      ivr_time: 'not_applicable',
      queue_time: 'not_applicable',
      wait_time: 'not_applicable',
    });
    expect(anomaliesOf(OUTBOUND_ASSIGNED)).toEqual([]);
  });

  it('an inbound call in the queue has its IVR time; everything else is pending', () => {
    expect(metricsOf(INBOUND_QUEUED)).toEqual({ ...everyMetric('pending'), ivr_time: '0.295 ok' });
    expect(anomaliesOf(INBOUND_QUEUED)).toEqual([]);
  });

  it('a call abandoned in the queue has no queue time, but its segment says how long the caller waited', () => {
    expect(metricsOf(INBOUND_ABANDONED)).toEqual({
      ...everyMetric('not_applicable'),
      billing_time: '60 ok',
      call_time: '60 ok',
      ivr_time: '0.295 ok',
    });
    const { segments, anomalies } = computeCallSegments(INBOUND_ABANDONED);
    expect(segments).toEqual([
      { kind: 'ivr', start: '2019-09-10T05:12:26.000Z', end: '2019-09-10T05:12:26.295Z', seconds: 0.295 },
      {
        kind: 'queue',
        start: '2019-09-10T05:12:26.295Z',
        end: '2019-09-10T05:13:26.000Z',
        seconds: 59.705,
        outcome: 'abandoned',
      },
    ]);
    expect(anomalies).toEqual([]);
  });

  it('a finished inbound call has all metrics but those of several participants', () => {
    expect(metricsOf(FINISHED)).toEqual(FINISHED_METRICS);
    expect(anomaliesOf(FINISHED)).toEqual([]);
  });

  it('a transfer and the conference it leads to are measured', () => {
    const call = finishedWith([agent(2, '10:04:00', '10:06:05')], [transfer('10:03:40', 2)]);
    expect(metricsOf(call)).toEqual({ ...FINISHED_METRICS, transfer_time: '20 ok', conference_time: '125 ok' });
    expect(anomaliesOf(call)).toEqual([]);
  });

  it('a third party is measured', () => {
    const call = finishedWith([row('third_party', '10:05:00', '10:05:30')]);
    expect(metricsOf(call)).toEqual({ ...FINISHED_METRICS, third_party_talk_time: '30 ok' });
    expect(anomaliesOf(call)).toEqual([]);
  });

  it('a queue that ends 0.4 s before it begins is clamped to 0', () => {
    const call = { ...FINISHED, queued_at: at('10:01:05.400') };
    expect(metricsOf(call)).toEqual({
      ...FINISHED_METRICS,
      ivr_time: '65.4 ok',
      queue_time: '0 approximate',
      wait_time: '0 approximate',
    });
    expect(anomaliesOf(call)).toEqual(['clock_skew:queue_time']);
  });
});
