import type { Family } from './families.ts';
import { readConnections } from './participants.ts';
import { boundCall, judge } from './plausibility.ts';
import { readSessionQueue } from './queue-place.ts';
import { type JsonObject, readId, readInstant, readObject, readSome, readText } from './record-reader.ts';
import { findDirection, type Session } from './session.ts';
import { readTransfers } from './transfers.ts';

const OVER = new Set<string | null>([
  'finished',
  'failed',
  'canceled',
  'cancelled',
  'abandoned',
  'no_response',
  'deflected',
]);

/** Reads a chat as the API sent it. */
export function readChatSession(chat: JsonObject): Session {
  const record = readObject(chat);
  const anomalies: string[] = [];
  const created = judge(readInstant(record.created_at, 'created_at', anomalies), 'created_at', anomalies);
  const sinceCreated = boundCall(created, null);
  const readWithin = (field: string, bounds: typeof sinceCreated) =>
    judge(readInstant(record[field], field, anomalies), field, anomalies, bounds);
  const ended = readWithin('ends_at', sinceCreated) ?? readWithin('ended_at', sinceCreated);
  const bounds = boundCall(created, ended);
  const status = readText(record.status);
  const type = readText(record.session_type_v2) ?? readText(record.chat_type);
  const assigned = readWithin('assigned_at', bounds);
  const connections = readConnections(record.participants, ended, anomalies, bounds);
  const family = classifyChat(type);
  const namesAgent = readId(readObject(record.agent_info).id) !== null;
  return {
    channel: 'chat',
    record,
    type,
    family,
    direction: findDirection(family),
    status,
    failReason: readText(record.fail_reason),
    deflection: readText(record.deflection),
    created,
    queued: readWithin('queued_at', bounds),
    assigned,
    connected: readWithin('connected_at', bounds) ?? connections.agents[0]?.connected ?? (namesAgent ? assigned : null),
    ended,
    over: ended !== null || OVER.has(status),
    bounds,
    connections,
    transfers: readTransfers(record, connections, { ended, bounds }, anomalies),
    queue: readSessionQueue(record),
    visitRows: readSome(record, 'queue_durations', anomalies),
    anomalies,
  };
}

const classifyChat = (type: string | null): Family => (/outbound/i.test(type ?? '') ? 'outbound' : 'chat');
