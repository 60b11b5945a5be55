import type { Metric, MetricResult } from '../../catalog/segment-metrics.ts';
import type { CallSegments } from '../../lambdas/segments/call-segments.ts';
import { FAMILY_SEGMENTS } from '../../lambdas/segments/families.ts';

/** An input field of a metric with the value that the API sent. */
export interface UsedField {
  /** Name in the record, e.g. `ends_at` or `participants[601].connected_at`. */
  readonly field: string;
  readonly value: unknown;
}

interface Judged {
  readonly metric: Metric;
  readonly result: MetricResult;
  readonly call: Pick<CallSegments, 'family' | 'anomalies'>;
  readonly inputs: readonly UsedField[];
}

/** Explains the status of a metric. Returns null for `ok`, which needs no explanation. */
export function explainStatus(judged: Judged): string | null {
  const { status } = judged.result;
  switch (status) {
    case 'ok':
      return null;
    case 'pending':
      return 'the call is not over. It has not ended yet, or may not have started';
    case 'approximate':
      return substituteOf(judged);
    case 'not_applicable':
      return absenceOf(judged);
    case 'missing_input':
      return missingOf(judged);
    case 'inconsistent':
      return contradictionOf(judged);
  }
}

function substituteOf({ metric, result, call }: Judged): string {
  const twin = metric === 'wait_time' ? 'queue_time' : metric === 'billing_time' ? 'call_time' : metric;
  if (call.anomalies.includes(`clock_skew:${twin}`))
    return result.seconds === 0
      ? 'it ends less than a second before it starts because clocks differ, and counts as 0'
      : 'a transfer was received less than a second before it was made because clocks differ, and counts as 0';
  switch (metric) {
    case 'ring_time':
      return 'connecting_at is missing, so assigned_at is used instead';
    case 'talk_time':
      return 'hold_duration is missing, so the whole duration counts as talk';
    case 'third_party_talk_time':
      return call.anomalies.some((anomaly) => anomaly.startsWith('unknown_participant:'))
        ? 'a participant has an unknown type and counts as a third party'
        : 'a row has no end, so the end of the call is used instead';
    case 'transfer_time':
      return 'a transfer that succeeded has no known receiver and is not in the sum';
    default:
      return 'a row has no end, so the end of the call is used instead';
  }
}

function absenceOf({ metric, call, inputs }: Judged): string {
  const has = FAMILY_SEGMENTS[call.family];
  const lacks = (field: string) => inputs.some((input) => input.field === field && input.value === null);
  switch (metric) {
    case 'ivr_time':
      return has.ivr ? 'the call was never queued' : `calls of the family ${call.family} have no menu`;
    case 'queue_time':
    case 'wait_time':
      if (!has.queue) return `calls of the family ${call.family} have no queue`;
      return lacks('queued_at') ? 'the call was never queued' : 'no agent was connected';
    case 'transfer_time':
      return inputs.length === 0
        ? 'there are no transfers'
        : 'no transfer to an agent was received, and none is marked as successful';
    case 'conference_time':
      return 'fewer than two different agents were connected';
    case 'third_party_talk_time':
      return 'no third party was connected';
    default:
      return 'no agent was connected';
  }
}

function missingOf({ metric, inputs }: Judged): string {
  switch (metric) {
    case 'transfer_time':
      return 'a transfer is marked as successful, but its receiver is not among the participants';
    case 'conference_time':
    case 'third_party_talk_time':
      return 'a row has no end, and neither has the call';
    default: {
      const missing = inputs.filter(({ value }) => value === null).map(({ field }) => field);
      return `the call is over, but the API gave no ${missing.length === 0 ? 'readable value' : missing.join(', no ')}`;
    }
  }
}

function contradictionOf({ metric, call, inputs }: Judged): string {
  if (metric === 'talk_time' || metric === 'hold_time')
    return 'the durations contradict each other: one is negative, or hold is longer than the whole';
  // an anomaly names no row: `participants[]`, not `participants[601]`
  const used = new Set(inputs.map(({ field }) => field.replace(/\[.*\]/, '[]')));
  const implausible = call.anomalies
    .filter((anomaly) => anomaly.startsWith(IMPLAUSIBLE))
    .map((anomaly) => anomaly.slice(IMPLAUSIBLE.length))
    .filter((field) => used.has(field));
  return implausible.length === 0
    ? 'it ends before it starts'
    : `${implausible.join(', ')}: outside the call, or outside the years 1990 to 2100`;
}

const IMPLAUSIBLE = 'implausible:';
