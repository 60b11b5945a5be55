import { describe, expect, it } from 'vitest';
import { METRICS } from '../../catalog/segment-metrics.ts';
import { METRICS_VERSION } from '../../lambdas/segments/metric-results.ts';
import { isCall, segmentCall, segmentSession, toSegmentRecord } from '../../lambdas/segments/segment-record.ts';
import { computeFacts } from '../../lambdas/segments/session-facts.ts';
import { at, FINISHED } from './fixtures/calls.ts';
import { show } from './fixtures/results.ts';

const version = (record: Readonly<Record<string, unknown>>) => ({
  record,
  dt: '2019-06-07',
  extractedAt: '2019-06-07T11:00:00.000Z',
  batch: '0000000007',
});
const CALL = version(FINISHED);
const CHAT = version({ id: 5, status: 'finished', created_at: at('10:00:00'), ends_at: at('10:06:05') });

/** The members of a record that come from facts. */
const factsOf = (channel: 'call' | 'chat', { record }: typeof CALL) => {
  const { outcome, ...others } = computeFacts(channel, record);
  return { session: outcome, ...others };
};

describe('the segment record of a call', () => {
  const segmented = segmentSession('call', CALL);
  const record = toSegmentRecord(segmented);

  it('has the version it was computed from', () => {
    expect(segmented).toEqual(segmentCall(CALL));
    expect(segmented.taken).toBe(CALL);
    expect(isCall(segmented)).toBe(true);
  });

  it('has a number and a status for each metric', () => {
    if (!isCall(segmented)) throw new Error('it is a call');
    for (const metric of METRICS) {
      const result = segmented.segments.metrics[metric];
      expect([metric, record[metric], record[`${metric}_status`]]).toEqual([metric, result.seconds, result.status]);
      expect(show(result)).not.toBe('');
    }
    expect(record).not.toHaveProperty('metrics');
    expect(record.billing_time).toBe(365);
  });

  it('has the same columns in the same order for every call', () => {
    const columns = Object.keys(record);
    expect(columns.slice(0, 10)).toEqual(Object.keys(segmentCall(CALL).segments).slice(0, 10));
    for (const other of [{}, { id: 2, status: 'queued' }])
      expect(Object.keys(toSegmentRecord(segmentCall({ ...CALL, record: other })))).toEqual(columns);
  });

  it('has its identity, its segments, its anomalies, its facts and the version of the rules', () => {
    const { call_id, family, segments, anomalies } = segmentCall(CALL).segments;
    expect(record).toMatchObject({ call_id, family, segments, anomalies, metrics_version: METRICS_VERSION });
    expect(record).toMatchObject(factsOf('call', CALL));
    expect(record).not.toHaveProperty('facts');
  });
});

describe('the segment record of a chat', () => {
  const segmented = segmentSession('chat', CHAT);
  const record = toSegmentRecord(segmented);

  it('has no metrics', () => {
    expect(isCall(segmented)).toBe(false);
    expect(segmented.taken).toBe(CHAT);
    for (const metric of METRICS) expect(record).not.toHaveProperty(metric);
  });

  it('has its facts and the version of the rules', () => {
    expect(record).toMatchObject({ chat_id: 5, metrics_version: METRICS_VERSION, ...factsOf('chat', CHAT) });
    expect(record).not.toHaveProperty('facts');
  });
});
