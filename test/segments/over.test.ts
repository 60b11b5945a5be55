import { describe, expect, it } from 'vitest';
import { computeCallSegments } from '../../lambdas/segments/call-segments.ts';
import { agent, at, CONNECTED, FINISHED } from './fixtures/calls.ts';
import { anomaliesOf, CONNECTED_METRICS, everyMetric, FINISHED_METRICS, metricsOf } from './fixtures/results.ts';

const { ends_at: _, ...endless } = FINISHED;

describe('when a call is over', () => {
  it.each(['finished', 'failed', 'recovered', 'deflected', 'action_only_finished', 'voicemail_read'])(
    'a call with status %s is over, also without an end',
    (status) => {
      const call = { created_at: at('10:00:00'), status };
      expect(metricsOf(call)).toEqual({
        ...everyMetric('not_applicable'),
        billing_time: 'missing_input',
        call_time: 'missing_input',
      });
      expect(computeCallSegments(call).settled_after).toBeNull();
    },
  );

  it.each([
    'scheduled',
    'queued',
    'assigned',
    'connecting',
    'switching',
    'connected',
    'selecting',
    'action_only',
    'voicemail',
    'voicemail_received',
    'va_assigned',
    'va_connected',
    'preview_ready',
    'campaign_connected',
    'requeued',
    'Finished',
    'something new',
    null,
    8,
  ])('a call with status %s and no end is open', (status) => {
    expect(metricsOf({ ...endless, status, participants: [agent(1, '10:01:05')] })).toEqual(CONNECTED_METRICS);
  });

  it.each(['ended_at', 'ends_at'])('a call with %s is over whatever its status says', (field) => {
    expect(metricsOf({ ...endless, status: 'connected', [field]: at('10:06:05') })).toEqual(FINISHED_METRICS);
  });

  it('an end that cannot be read does not make a call over', () => {
    const call = { ...CONNECTED, ends_at: 'yesterday' };
    expect(metricsOf(call)).toEqual(CONNECTED_METRICS);
    expect(anomaliesOf(call)).toEqual(['bad_timestamp:ends_at']);
  });

  it('a connected call that is over only by its status reports missing inputs for what needs its end', () => {
    expect(metricsOf(endless)).toEqual({
      ...FINISHED_METRICS,
      billing_time: 'missing_input',
      call_time: 'missing_input',
      handle_time: 'missing_input',
    });
  });

  it('a deflected call without an end had no segments but the menu', () => {
    const call = { ...endless, status: 'deflected', assigned_at: null, connected_at: null, participants: [] };
    expect(metricsOf(call)).toEqual({
      ...everyMetric('not_applicable'),
      billing_time: 'missing_input',
      call_time: 'missing_input',
      ivr_time: '30 ok',
    });
  });
});

describe('an open call', () => {
  it('has the values of the segments that have ended', () => {
    expect(metricsOf(CONNECTED)).toEqual(CONNECTED_METRICS);
  });

  it('does not treat the zeros of its durations as measurements', () => {
    expect(metricsOf({ ...CONNECTED, duration: 0, call_duration: 0, hold_duration: 0 })).toEqual(CONNECTED_METRICS);
    expect(metricsOf({ ...CONNECTED, duration: 20, hold_duration: 30 })).toEqual(CONNECTED_METRICS);
  });

  it('waits for a queue, a ring and a handling before an agent has connected', () => {
    expect(metricsOf({ ...CONNECTED, status: 'connecting', connected_at: null, participants: [] })).toEqual({
      ...everyMetric('pending'),
      ivr_time: '30 ok',
    });
  });

  it('waits for all inputs while it has none', () => {
    expect(metricsOf({})).toEqual(everyMetric('pending'));
  });

  it('also waits for missing starts', () => {
    const call = { ...CONNECTED, created_at: null, queued_at: null, assigned_at: null };
    expect(metricsOf(call)).toEqual(everyMetric('pending'));
  });

  it('waits for the menu of a call in the queue that has no start', () => {
    expect(metricsOf({ ...CONNECTED, created_at: null })).toEqual({ ...CONNECTED_METRICS, ivr_time: 'pending' });
  });
});
