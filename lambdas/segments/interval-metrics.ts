import type { Metric, MetricResult } from '../../catalog/segment-metrics.ts';
import { canQueue, FAMILY_SEGMENTS } from './families.ts';
import type { CallInputs } from './inputs.ts';
import { type Instant, SKEW_TOLERANCE } from './instant.ts';
import { createMeasured, INCONSISTENT, MISSING_INPUT, NOT_APPLICABLE, PENDING } from './metric-results.ts';

/** created -> ended: `billing_time` and `call_time`, two names of one interval. */
export function measureCallTime({ created, ended, over }: CallInputs, anomalies: string[]): MetricResult {
  if (created === null || ended === null) return awaited(over);
  return interval('call_time', created, ended, anomalies);
}

/** created -> queued: `ivr_time`. */
export function measureIvrTime({ family, created, queued, over }: CallInputs, anomalies: string[]): MetricResult {
  if (!FAMILY_SEGMENTS[family].ivr) return NOT_APPLICABLE;
  if (queued === null) return begun(over);
  if (created === null) return awaited(over);
  return interval('ivr_time', created, queued, anomalies);
}

/** queued -> connected: `queue_time` and `wait_time`, two names of one interval. */
export function measureQueueTime({ family, queued, connected, over }: CallInputs, anomalies: string[]): MetricResult {
  if (!canQueue(family, queued !== null)) return NOT_APPLICABLE;
  if (queued === null || connected === null) return begun(over);
  return interval('queue_time', queued, connected, anomalies);
}

/** connecting -> connected: `ring_time`; `approximate` if `assigned_at` replaces `connecting_at`. */
export function measureRingTime(inputs: CallInputs, anomalies: string[]): MetricResult {
  const { connecting, connected, over } = inputs;
  if (connected === null) return begun(over);
  if (connecting === null) return awaited(over);
  const result = interval('ring_time', connecting, connected, anomalies);
  return inputs.connectingIsAssigned && result.status === 'ok' ? { ...result, status: 'approximate' } : result;
}

/** connected -> ended: `handle_time`. */
export function measureHandleTime({ connected, ended, over }: CallInputs, anomalies: string[]): MetricResult {
  if (connected === null) return begun(over);
  if (ended === null) return awaited(over);
  return interval('handle_time', connected, ended, anomalies);
}

/** The call shows no sign of the segment: it never had one, or may still get one. */
const begun = (over: boolean): MetricResult => (over ? NOT_APPLICABLE : PENDING);

/** The call had, has or will have the segment, but an input is missing. */
const awaited = (over: boolean): MetricResult => (over ? MISSING_INPUT : PENDING);

function interval(metric: Metric, start: Instant, end: Instant, anomalies: string[]): MetricResult {
  const length = end.time - start.time;
  const isPlausible = !(start.isImplausible || end.isImplausible);
  if (length >= 0) return isPlausible ? createMeasured(length) : INCONSISTENT;
  if (length > -SKEW_TOLERANCE && isPlausible) {
    anomalies.push(`clock_skew:${metric}`);
    return createMeasured(0, 'approximate');
  }
  if (length <= -SKEW_TOLERANCE) anomalies.push(`negative:${metric}`);
  return INCONSISTENT;
}
