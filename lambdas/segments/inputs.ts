import { classifyFamily, type Family } from './families.ts';
import type { Instant } from './instant.ts';
import { type JsonObject, readDuration, readInstant, readText } from './record-reader.ts';

/** What the metrics are computed from, read from a call as the API sent it. Null is missing. */
export interface CallInputs {
  readonly type: string | null;
  readonly family: Family;
  readonly status: string | null;
  readonly failReason: string | null;
  readonly created: Instant | null;
  readonly updated: Instant | null;
  readonly queued: Instant | null;
  readonly connecting: Instant | null;
  /** Whether `assigned_at` stands for a missing `connecting_at`. */
  readonly connectingIsAssigned: boolean;
  readonly connected: Instant | null;
  readonly ended: Instant | null;
  /** Milliseconds from connect to end, hold included. */
  readonly duration: number | null;
  /** Milliseconds on hold. */
  readonly hold: number | null;
  /** Whether the call is over. The missing inputs of a call that is not may still come. */
  readonly over: boolean;
}

const OVER = new Set<string | null>([
  'finished',
  'failed',
  'recovered',
  'deflected',
  'action_only_finished',
  'voicemail_read',
]);

/**
 * Reads the inputs, the first field that can be read wins. An alias is read only where the field it stands for cannot
 * be, so what is wrong with an alias that is not needed is no anomaly.
 */
export function readInputs(call: JsonObject, anomalies: string[]): CallInputs {
  const connecting = readInstant(call.connecting_at, 'connecting_at', anomalies);
  const assigned = connecting === null ? readInstant(call.assigned_at, 'assigned_at', anomalies) : null;
  const ended = readInstant(call.ended_at, 'ended_at', anomalies) ?? readInstant(call.ends_at, 'ends_at', anomalies);
  const scheduled = readInstant(call.scheduled_at, 'scheduled_at', anomalies);
  const type = readText(call.session_type_v2) ?? readText(call.call_type);
  const status = readText(call.status);
  return {
    type,
    family: classifyFamily(type, scheduled !== null),
    status,
    failReason: readText(call.fail_reason),
    created: readInstant(call.created_at, 'created_at', anomalies),
    updated: readInstant(call.updated_at, 'updated_at', anomalies),
    queued: readInstant(call.queued_at, 'queued_at', anomalies),
    connecting: connecting ?? assigned,
    connectingIsAssigned: assigned !== null,
    connected: readInstant(call.connected_at, 'connected_at', anomalies),
    ended,
    duration: readDuration(call.duration) ?? readDuration(call.call_duration),
    hold: readDuration(call.hold_duration),
    over: ended !== null || OVER.has(status),
  };
}
