import type { Channel, Direction } from '../../catalog/facts.ts';
import type { Family } from './families.ts';
import type { Instant } from './instant.ts';
import type { Connections } from './participants.ts';
import type { Bounds } from './plausibility.ts';
import type { QueuePlace } from './queue-place.ts';
import { type JsonObject, readId, readText } from './record-reader.ts';
import type { Transfer } from './transfers.ts';

/** What the facts of a session are computed from. */
export interface Session {
  readonly channel: Channel;
  readonly record: JsonObject;
  readonly type: string | null;
  readonly family: Family;
  readonly direction: Direction;
  readonly status: string | null;
  readonly failReason: string | null;
  readonly deflection: string | null;
  readonly created: Instant | null;
  readonly queued: Instant | null;
  readonly assigned: Instant | null;
  /** Null for a chat without an agent. */
  readonly connected: Instant | null;
  readonly ended: Instant | null;
  readonly over: boolean;
  readonly bounds: Bounds;
  readonly connections: Connections;
  readonly transfers: readonly Transfer[];
  readonly queue: QueuePlace;
  /** Rows of `queue_durations`. */
  readonly visitRows: readonly JsonObject[];
  /** Collects the anomalies of the facts. */
  readonly anomalies: string[];
}

const DIRECTIONS: Partial<Readonly<Record<Family, Direction>>> = {
  internal: 'internal',
  outbound: 'outbound',
  campaign: 'outbound',
};

/** Direction of the sessions of a family. The portal counts callbacks and scheduled calls as inbound. */
export const findDirection = (family: Family): Direction => DIRECTIONS[family] ?? 'inbound';

/** Whether the end user ended the session. */
export function isEndedByCaller({
  record,
  failReason,
  status,
}: Pick<Session, 'record' | 'failReason' | 'status'>): boolean {
  if (failReason === 'eu_abandoned' || failReason === 'eu_in_menu_abandoned') return true;
  const { disconnected_by: by } = record;
  if (typeof by === 'string' && by !== '' && by !== 'disconnected_by_unknown') return by.includes('end_user');
  // chats often say it in this text alone
  if (/disconnected by end user/i.test(readText(record.sub_status) ?? '')) return true;
  return status === 'abandoned' || status === 'canceled' || status === 'cancelled';
}

/** `nothing` is no reason. */
export function readReason(reason: unknown): string | null {
  const text = readText(reason);
  return text === 'nothing' ? null : text;
}

/** Whether the value of `deflection` says that the session was redirected. */
export const hasDeflection = (deflection: string | null): boolean =>
  deflection !== null && deflection !== 'no_deflection';

/** Whether the session went to voicemail. */
export function isVoicemail({ record, status }: Pick<Session, 'record' | 'status'>): boolean {
  const reason = readText(record.voicemail_reason);
  return (reason !== null && reason !== 'not_voicemail') || (status?.startsWith('voicemail') ?? false);
}

const CALLBACK = /callback/i;

/** Whether the session is a callback, or continues another session. */
export const isReturned = ({ record, type }: Pick<Session, 'record' | 'type'>): boolean =>
  readId(record.parent_id) !== null || CALLBACK.test(type ?? '');
