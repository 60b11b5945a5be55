import type { FactSource } from '../../catalog/facts.ts';
import type { Leg } from './agent-legs.ts';
import { canQueue } from './families.ts';
import { createInstant, type Instant, isWithin } from './instant.ts';
import { chooseWait, measure } from './lengths.ts';
import { compareNullLast } from './participants.ts';
import { judge } from './plausibility.ts';
import { choosePlace, NO_PLACE, type QueuePlace, readMenu } from './queue-place.ts';
import { type JsonObject, readDuration, readId, readInstant, readText } from './record-reader.ts';
import type { Session } from './session.ts';
import { namesQueue, readGivenPlace, readReceivingPlace } from './transfer-places.ts';
import type { Transfer } from './transfers.ts';

/** A visit before its exit is known. */
export interface Entry {
  readonly id: number | null;
  readonly place: QueuePlace;
  readonly lang: string | null;
  readonly entered: Instant | null;
  readonly left: Instant | null;
  /** Milliseconds. */
  readonly wait: number | null;
  readonly agent: number | null;
  /** Whether the record says which agent took the session out of the queue, if one did. */
  readonly isAgentKnown: boolean;
  /** Whether it was entered after an agent, or a virtual agent, had the session. */
  readonly isTransfer: boolean;
  readonly transfer: Transfer | null;
  readonly transferId: number | null;
  readonly cold: boolean | null;
  readonly serviceLevel: string | null;
  readonly source: FactSource;
}

/**
 * Lists the entries into queues in order: the rows of `queue_durations`, else the queue of the session and one for each transfer to
 * a queue. Being offered again in the same queue is no new entry.
 */
export function listEntries(session: Session, legs: readonly Leg[]): Entry[] {
  const { visitRows } = session;
  return visitRows.length > 0 ? readEntries(session, visitRows, legs) : deriveEntries(session, legs);
}

function readEntries(session: Session, rows: readonly JsonObject[], legs: readonly Leg[]): Entry[] {
  if (rows.length === 1) return rows.map((row) => readEntry(session, row));
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const entry of rows.map((row) => readEntry(session, row)).sort(byEntered)) {
    const keys = [[entry.entered?.time, entry.left?.time, entry.place.id, entry.agent].join(), `id ${entry.id}`];
    const isRepeated = keys.some((key) => key !== 'id null' && seen.has(key));
    for (const key of keys) seen.add(key);
    if (isRepeated) {
      session.anomalies.push('duplicate:queue_durations');
      continue;
    }
    const last = entries.at(-1);
    if (last !== undefined && isSameVisit(last, entry, legs)) entries[entries.length - 1] = joinEntries(last, entry);
    else entries.push(entry);
  }
  return entries;
}

function readEntry({ anomalies, bounds, transfers }: Session, row: JsonObject): Entry {
  const field = 'queue_durations[]';
  const readWithin = (name: 'started_at' | 'ended_at') =>
    judge(readInstant(row[name], `${field}.${name}`, anomalies), `${field}.${name}`, anomalies, bounds);
  const entered = readWithin('started_at');
  const left = readWithin('ended_at');
  const path = readMenu(row.menu_path);
  const transferId = readId(row.transfer_id);
  const stated =
    left === null && (readDuration(row.queue_duration) ?? 0) === 0 ? null : readDuration(row.queue_duration);
  return {
    id: readId(row.id),
    place: path.id === null ? { id: readId(row.menu_path_id), path: null, name: path.name } : path,
    lang: readText(row.lang),
    entered,
    left,
    wait: chooseWait(stated, measure(entered, left), `${field}.queue_duration`, anomalies),
    agent: readId(row.agent_id),
    isAgentKnown: row.agent_id !== undefined,
    isTransfer: row.transfer === true || transferId !== null,
    transfer: transferId === null ? null : (transfers.find((one) => readId(one.row.id) === transferId) ?? null),
    transferId,
    cold:
      typeof row.transfer_cold === 'boolean' && (row.transfer === true || transferId !== null)
        ? row.transfer_cold
        : null,
    serviceLevel: readText(row.service_level_event),
    source: 'array',
  };
}

/** The session was offered again in the same queue before anyone had it. */
const isSameVisit = (last: Entry, next: Entry, legs: readonly Leg[]): boolean =>
  !next.isTransfer &&
  last.place.id !== null &&
  last.place.id === next.place.id &&
  !legs.some(({ started }) => isWithin(started, last.left ?? last.entered, next.entered));

const joinEntries = (first: Entry, { left, wait, agent, isAgentKnown, serviceLevel }: Entry): Entry => ({
  ...first,
  left,
  wait: measure(first.entered, left) ?? (first.wait === null || wait === null ? null : first.wait + wait),
  agent,
  isAgentKnown,
  serviceLevel,
});

/** Without `queue_durations`: the queue of the session, then one entry for each transfer to a queue. */
function deriveEntries(session: Session, legs: readonly Leg[]): Entry[] {
  const entries: Entry[] = [];
  const first = deriveFirst(session, legs);
  if (first !== null) entries.push(first);
  for (const transfer of session.transfers) {
    if (transfer.target !== 'queue' && !namesQueue(transfer.row)) continue;
    const { created } = transfer;
    // an escalation that put the session into its queue is that entry
    if (first !== null && isStartOf(first, transfer))
      entries[0] = { ...first, isTransfer: true, transfer, transferId: readId(transfer.row.id) };
    else if (created !== null) entries.push(deriveLater(session, transfer));
  }
  return entries;
}

const isStartOf = ({ entered, left }: Entry, { isEscalation, created }: Transfer): boolean =>
  isEscalation &&
  created !== null &&
  (entered === null || created.time >= entered.time - MAX_ESCALATION) &&
  (left === null || created.time <= left.time);

/** A session enters its queue within this many milliseconds after a virtual agent handed it over. */
const MAX_ESCALATION = 10_000;

function deriveFirst(session: Session, legs: readonly Leg[]): Entry | null {
  const { record, channel, direction, status, family, queued, assigned, connected, ended, over, queue, transfers } =
    session;
  const stated = readDuration(record.queue_duration) ?? readDuration(record.wait_duration);
  const wasOffered = assigned !== null || connected !== null;
  const taken = assigned ?? connected;
  const left = taken ?? (over ? ended : null);
  // chats often have a length instead of the time of entry
  const isChatInQueue = (stated ?? 0) > 0 || (wasOffered && direction === 'inbound');
  const isWaiting = status === 'queued' && !wasOffered;
  const entered = queued ?? (isChatInQueue && left !== null && stated !== null ? goBack(left, stated) : null);
  if (channel === 'call' ? queued === null || !canQueue(family, true) : entered === null && !isWaiting) return null;
  const [given] = transfers;
  const from = given === undefined || given.isEscalation ? NO_PLACE : readGivenPlace(given.row);
  const [only, ...others] = legs;
  return {
    id: null,
    place: choosePlace(from, queue),
    lang: readText(record.lang),
    entered,
    left,
    wait: measure(entered, left),
    agent: others.length === 0 ? (only?.agent ?? null) : null,
    isAgentKnown: false,
    isTransfer: false,
    transfer: null,
    transferId: null,
    cold: null,
    serviceLevel: null,
    source: 'derived',
  };
}

function deriveLater(session: Session, transfer: Transfer): Entry {
  const { anomalies, bounds, ended, over } = session;
  const { created, receiver, resolved, row } = transfer;
  const readWithin = (field: 'assigned_at' | 'connected_at') =>
    judge(readInstant(row[field], `transfers[].${field}`, anomalies), `transfers[].${field}`, anomalies, bounds);
  const taken = readWithin('assigned_at') ?? readWithin('connected_at') ?? receiver?.connected ?? null;
  const left = taken ?? resolved ?? (over ? ended : null);
  return {
    id: null,
    place: readReceivingPlace(row),
    lang: readText(session.record.lang),
    entered: created,
    left,
    wait: measure(created, left),
    agent: receiver?.user ?? null,
    isAgentKnown: false,
    isTransfer: true,
    transfer,
    transferId: readId(row.id),
    cold: null,
    serviceLevel: null,
    source: 'derived',
  };
}

const goBack = ({ time }: Instant, milliseconds: number): Instant => createInstant(time - milliseconds);

const byEntered = (a: Entry, b: Entry): number => compareNullLast(a.entered?.time, b.entered?.time);
