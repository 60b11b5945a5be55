import { describe, expect, it } from 'vitest';
import { METRICS, type Metric } from '../../../catalog/segment-metrics.ts';
import { explainCall } from '../../../cli/explain/explanation.ts';
import { FORMULAS } from '../../../cli/explain/formulas.ts';
import { computeCallSegments } from '../../../lambdas/segments/call-segments.ts';
import { simulate } from '../../../simulator/simulation.ts';
import {
  agent,
  at,
  type Call,
  CONNECTED,
  FINISHED,
  finishedWith,
  INBOUND_ABANDONED,
  row,
  transfer,
} from '../../segments/fixtures/calls.ts';

const of = (call: Call, wanted: Metric) => {
  const found = explainCall(call).metrics.find(({ metric }) => metric === wanted);
  if (found === undefined) throw new Error(wanted);
  return found;
};
const fields = (call: Call, metric: Metric) => of(call, metric).inputs.map(({ field, value }) => `${field} = ${value}`);

describe('the explanation of a metric', () => {
  it('names the fields that were used, including aliases and substitutes', () => {
    expect(fields(FINISHED, 'call_time')).toEqual([`created_at = ${at('10:00:00')}`, `ends_at = ${at('10:06:05')}`]);
    expect(fields({ ...FINISHED, ended_at: at('10:06:05') }, 'call_time')[1]).toBe(`ended_at = ${at('10:06:05')}`);
    expect(fields(FINISHED, 'ring_time')[0]).toBe(`assigned_at = ${at('10:01:00')}`);
    expect(fields({ ...FINISHED, connecting_at: at('10:01:02') }, 'ring_time')[0]).toBe(
      `connecting_at = ${at('10:01:02')}`,
    );
    expect(fields(FINISHED, 'talk_time')).toEqual(['call_duration = 300', 'hold_duration = 45']);
    expect(fields({ ...FINISHED, duration: 299 }, 'talk_time')[0]).toBe('duration = 299');
  });

  it('shows an unreadable field as sent and a missing field by all its names', () => {
    const unreadable = { ...FINISHED, connecting_at: 'soon', assigned_at: null };
    expect(fields(unreadable, 'ring_time')[0]).toBe('connecting_at = soon');
    expect(of(unreadable, 'ring_time').anomalies).toEqual(['bad_timestamp:connecting_at']);
    expect(fields({ ...FINISHED, ends_at: null }, 'handle_time')[1]).toBe('ended_at or ends_at = null');
  });

  it('shows the rows of the participants it is computed from', () => {
    const call = finishedWith(
      [agent(2, '10:04:00', '10:06:05'), row('third_party', '10:05:00', '10:05:30'), row('end_user', '10:00:00')],
      [transfer('10:03:40', 2)],
    );
    expect(fields(call, 'transfer_time')).toEqual([
      `transfers[900].created_at = ${at('10:03:40')}`,
      'transfers[900].status = transferred',
      'transfers[900].to_agent.id = 2',
      `participants[601].connected_at = ${at('10:01:05')}`,
      `participants[602].connected_at = ${at('10:04:00')}`,
    ]);
    expect(fields(call, 'conference_time')).toHaveLength(4);
    expect(fields(call, 'third_party_talk_time')).toHaveLength(6);
    expect(fields(FINISHED, 'transfer_time')).toEqual([]);
    expect(fields(FINISHED, 'third_party_talk_time')).toEqual([]);
  });

  it.each<[Metric, Call, string]>([
    ['handle_time', CONNECTED, 'the call is not over'],
    ['ring_time', FINISHED, 'connecting_at is missing, so assigned_at is used instead'],
    ['talk_time', { ...FINISHED, hold_duration: null }, 'hold_duration is missing'],
    ['queue_time', { ...FINISHED, queued_at: at('10:01:05.4') }, 'less than a second before it starts'],
    ['wait_time', { ...FINISHED, queued_at: at('10:01:05.4') }, 'less than a second before it starts'],
    [
      'transfer_time',
      finishedWith(
        [agent(2, '10:02:00', '10:03:00'), agent(3, '10:04:00', '10:05:00')],
        [transfer('10:02:00.5', 2), transfer('10:03:00', 3)],
      ),
      'a transfer was received less than a second before',
    ],
    [
      'transfer_time',
      finishedWith([agent(2, '10:02:00', '10:03:00')], [transfer('10:01:30', 2), transfer('10:02:00', 3)]),
      'has no known receiver',
    ],
    ['conference_time', finishedWith([agent(2, '10:04:00')]), 'the end of the call is used instead'],
    ['ivr_time', { ...INBOUND_ABANDONED, queued_at: null }, 'the call was never queued'],
    ['ivr_time', { ...FINISHED, call_type: 'Voice Inbound (App)' }, 'calls of the family mobile have no menu'],
    ['queue_time', { ...FINISHED, call_type: 'Voice Outbound' }, 'calls of the family outbound have no queue'],
    ['queue_time', { ...FINISHED, queued_at: null }, 'the call was never queued'],
    ['queue_time', INBOUND_ABANDONED, 'no agent was connected'],
    ['talk_time', INBOUND_ABANDONED, 'no agent was connected'],
    ['transfer_time', FINISHED, 'there are no transfers'],
    ['transfer_time', finishedWith([], [transfer('10:02:00', 3, 'failed')]), 'no transfer to an agent was received'],
    ['conference_time', FINISHED, 'fewer than two different agents'],
    ['third_party_talk_time', FINISHED, 'no third party was connected'],
    ['transfer_time', finishedWith([], [transfer('10:02:00', 3)]), 'its receiver is not among the participants'],
    [
      'conference_time',
      { ...finishedWith([agent(2, '10:04:00')]), ends_at: null },
      'a row has no end, and neither has the call',
    ],
    ['call_time', { ...FINISHED, ends_at: null }, 'the API gave no ended_at or ends_at'],
    ['ring_time', { ...FINISHED, assigned_at: null }, 'the API gave no connecting_at or assigned_at'],
    ['call_time', { ...FINISHED, ends_at: 'late' }, 'the API gave no readable value'],
    ['queue_time', { ...FINISHED, queued_at: at('10:05:00') }, 'it ends before it starts'],
    ['talk_time', { ...FINISHED, hold_duration: 301 }, 'hold is longer than the whole'],
    ['talk_time', { ...FINISHED, hold_duration: -1 }, 'one is negative'],
  ])('%s says why its status is what it is: %#', (metric, call, because) => {
    expect(of(call, metric).because).toContain(because);
  });

  it('has the anomalies that concern it', () => {
    expect(of({ ...FINISHED, hold_duration: -1 }, 'talk_time').anomalies).toEqual(['negative:hold_time']);
    const skewed = { ...FINISHED, queued_at: at('10:01:05.4') };
    expect(of(skewed, 'wait_time').anomalies).toEqual(['clock_skew:queue_time']);
    expect(of(skewed, 'ivr_time').anomalies).toEqual([]);
    const negative = finishedWith([agent(2, '10:04:00', '10:03:00')]);
    expect(of(negative, 'conference_time').anomalies).toEqual(['negative:participant']);
    expect(of(negative, 'transfer_time').anomalies).toEqual([]);
    const unreadable = finishedWith([{ ...agent(2, '10:04:00', '10:05:00'), ended_at: 'x' }]);
    expect(of(unreadable, 'conference_time').anomalies).toEqual(['bad_timestamp:participants[].ended_at']);
  });
});

describe('the explanation of every call of a simulated day', () => {
  const centre = simulate({ seed: 9, days: 1, seats: 12, callsPerDay: 120 });
  const stages = [...centre.callStages()];

  it('has the computed metrics and a reason for every status but ok', () => {
    for (const { record } of stages) {
      const { metrics } = computeCallSegments(record);
      for (const { metric, seconds, status, because } of explainCall(record).metrics) {
        expect({ seconds, status }).toEqual(metrics[metric]);
        expect(because === null).toBe(status === 'ok');
      }
    }
  });

  it('shows fields that give the shown value', () => {
    const intervals: Metric[] = ['call_time', 'ivr_time', 'queue_time', 'handle_time', 'ring_time'];
    let checked = 0;
    for (const { record } of stages)
      for (const { metric, seconds, inputs } of explainCall(record).metrics) {
        if (seconds === null || seconds === 0 || !intervals.includes(metric)) continue;
        const [start, end] = inputs.map(({ value }) => Date.parse(String(value)));
        expect(Number(end) - Number(start)).toBe(Math.round(seconds * 1000));
        checked += 1;
      }
    expect(checked).toBeGreaterThan(500);
  });

  it('contains no names and no phone numbers', () => {
    for (const { record } of stages.filter(({ isLast }) => isLast)) {
      const text = JSON.stringify(explainCall(record));
      const info = Object(record.agent_info);
      for (const secret of [info.first_name, info.last_name, record.outbound_number, record.recording_url, '555-0142'])
        if (typeof secret === 'string') expect(text).not.toContain(secret);
    }
  });
});

it('every metric has a formula and a meaning', () => {
  expect(Object.keys(FORMULAS).toSorted()).toEqual(METRICS.toSorted());
});
