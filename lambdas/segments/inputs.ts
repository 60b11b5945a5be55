import { classifyFamily, type Family } from './families.ts';
import type { Instant } from './instant.ts';
import { type Bounds, boundCall, judge } from './plausibility.ts';
import { type JsonObject, readDuration, readInstant, readObjects, readText } from './record-reader.ts';

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
  readonly assigned: Instant | null;
  readonly connected: Instant | null;
  readonly ended: Instant | null;
  /** Milliseconds from connect to end, hold included. */
  readonly duration: number | null;
  /** Milliseconds on hold. */
  readonly hold: number | null;
  /** Whether the call is over. If it is not, missing inputs may still arrive. */
  readonly over: boolean;
  /** The bounds between which everything in the call happened. */
  readonly bounds: Bounds;
}

/** A time between start and end. */
type InnerTime = 'connecting_at' | 'assigned_at' | 'queued_at' | 'connected_at';

const OVER = new Set<string | null>([
  'finished',
  'failed',
  'recovered',
  'deflected',
  'action_only_finished',
  'voicemail_read',
]);

/**
 * Reads the inputs. The first readable field is used. An alias is read only if the primary field cannot be read, so an error in
 * an alias that is not needed is not an anomaly.
 */
export function readInputs(call: JsonObject, anomalies: string[]): CallInputs {
  const created = judge(readInstant(call.created_at, 'created_at', anomalies), 'created_at', anomalies);
  const sinceCreated = boundCall(created, null);
  const readWithin = (field: 'ended_at' | 'ends_at' | InnerTime, bounds: Bounds) =>
    judge(readInstant(call[field], field, anomalies), field, anomalies, bounds);
  const ended = readWithin('ended_at', sinceCreated) ?? readWithin('ends_at', sinceCreated);
  const bounds = boundCall(created, ended);
  const connecting = readWithin('connecting_at', bounds);
  // if it does not replace another time, its errors are not anomalies of the metrics
  const assigned = judge(
    readInstant(call.assigned_at, 'assigned_at', connecting === null ? anomalies : []),
    'assigned_at',
    connecting === null ? anomalies : [],
    bounds,
  );
  const scheduled = readInstant(call.scheduled_at, 'scheduled_at', anomalies);
  const type = readText(call.session_type_v2) ?? readText(call.call_type);
  const status = readText(call.status);
  return {
    type,
    family: classifyFamily(type, scheduled !== null, () =>
      readObjects(call.participants).some((row) => row.type === 'campaign_contact'),
    ),
    status,
    failReason: readText(call.fail_reason),
    created,
    updated: readInstant(call.updated_at, 'updated_at', anomalies),
    queued: readWithin('queued_at', bounds),
    connecting: connecting ?? assigned,
    connectingIsAssigned: connecting === null && assigned !== null,
    assigned,
    connected: readWithin('connected_at', bounds),
    ended,
    duration: readDuration(call.duration) ?? readDuration(call.call_duration),
    hold: readDuration(call.hold_duration),
    over: ended !== null || OVER.has(status),
    bounds,
  };
}
