import type { FactSource, QueueVisit, VisitExit, VisitOrigin } from '../../catalog/facts.ts';
import type { Leg } from './agent-legs.ts';
import { canQueue } from './families.ts';
import { createInstant, type Instant, SKEW_TOLERANCE } from './instant.ts';
import { chooseWait, measure, toSeconds } from './lengths.ts';
import { judge } from './plausibility.ts';
import { choosePlace, NO_PLACE, type QueuePlace, readMenu } from './queue-place.ts';
import { type JsonObject, readDuration, readId, readInstant, readObjects, readText } from './record-reader.ts';
import { isEndedByCaller, type Session } from './session.ts';
import { findCold } from './transfer-facts.ts';
import { namesQueue, readGivenPlace, readReceivingPlace } from './transfer-places.ts';
import type { Transfer } from './transfers.ts';

/** A visit, the leg that answered it and the transfer that led to it. */
export interface Visit {
  readonly fact: QueueVisit;
  readonly leg: Leg | null;
  readonly transfer: Transfer | null;
  readonly place: QueuePlace;
}

/** A visit before its exit is known. */
interface Entry {
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

/** A leg that starts within this many milliseconds after the queue was left answered the visit. */
const MAX_CONNECTING = 10 * 60_000;

/**
 * Lists the entries into queues in order: the rows of `queue_durations`, else the queue of the session and one for each transfer to
 * a queue. Being offered again in the same queue is no new entry.
 */
export function listVisits(session: Session, legs: readonly Leg[]): Visit[] {
  const rows = readObjects(session.record.queue_durations);
  const entries = rows.length > 0 ? readEntries(session, rows, legs) : deriveEntries(session, legs);
  if (entries.length === 0) return [];
  const free = new Set(legs);
  const answers = entries.map((entry, index) => takeAnswer(session, entry, entries[index + 1], free));
  return entries.map((entry, index) => {
    const leg = answers[index] ?? null;
    const exit = leg !== null ? 'answered' : findExit(session, entry, entries[index + 1], index === 0);
    const place = completePlace(session, entry);
    return {
      fact: describeVisit(session, { ...entry, place }, exit, index, leg),
      leg,
      transfer: entry.transfer,
      place,
    };
  });
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

/** The rows of queue visits have ids; other fields of the record have the names. */
const completePlace = ({ queue }: Session, { place, transfer }: Entry): QueuePlace =>
  place.name !== null && place.path !== null
    ? place
    : choosePlace(place, queue, transfer === null ? NO_PLACE : readReceivingPlace(transfer.row));

/** The session was offered again in the same queue before anyone had it. */
const isSameVisit = (last: Entry, next: Entry, legs: readonly Leg[]): boolean =>
  !next.isTransfer &&
  last.place.id !== null &&
  last.place.id === next.place.id &&
  !legs.some(({ started }) => isIn(started, last.left ?? last.entered, next.entered));

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
    if (first !== null && isStartOf(first, transfer)) entries[0] = { ...first, isTransfer: true, transfer };
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
  const { record, channel, family, queued, assigned, connected, ended, over, queue, transfers } = session;
  const stated = readDuration(record.queue_duration) ?? readDuration(record.wait_duration);
  const wasOffered = assigned !== null || connected !== null;
  const taken = assigned ?? connected;
  const left = taken ?? (over ? ended : null);
  // chats often have a length instead of the time of entry
  const isChatInQueue = channel === 'chat' && ((stated ?? 0) > 0 || (wasOffered && stated !== null));
  const entered = queued ?? (isChatInQueue && left !== null && stated !== null ? goBack(left, stated) : null);
  if (channel === 'call' ? queued === null || !canQueue(family, true) : entered === null) return null;
  const [given] = transfers;
  const from = given === undefined || given.isEscalation ? NO_PLACE : readGivenPlace(given.row);
  const timed = measure(entered, left);
  return {
    id: null,
    place: choosePlace(from, queue),
    lang: readText(record.lang),
    entered,
    left,
    wait: queued === null ? stated : timed,
    agent: wasOffered && legs.length === 1 ? (legs[0]?.agent ?? null) : null,
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
    isAgentKnown: receiver !== null,
    isTransfer: true,
    transfer,
    transferId: readId(row.id),
    cold: null,
    serviceLevel: null,
    source: 'derived',
  };
}

/** Takes the leg that answered a visit: that of its agent, else the next one before the session enters another queue. */
function takeAnswer(session: Session, entry: Entry, next: Entry | undefined, free: Set<Leg>): Leg | null {
  if (entry.isAgentKnown && entry.agent === null) return null;
  const { entered, left, agent } = entry;
  const since = left ?? entered;
  const until = next?.entered ?? null;
  for (const leg of free) {
    if (agent !== null && leg.agent !== null && leg.agent !== agent) continue;
    if (!isIn(leg.started, since, until)) continue;
    if (agent === null && !isNextAnswer(session, leg, since)) continue;
    free.delete(leg);
    return leg;
  }
  return null;
}

/** Without a named agent, the leg must follow the visit closely, and must not come from a transfer to an agent. */
function isNextAnswer({ transfers }: Session, { started, agent }: Leg, left: Instant | null): boolean {
  if (started !== null && left !== null && started.time > left.time + MAX_CONNECTING) return false;
  return !transfers.some(
    ({ target, row, receiver }) =>
      target === 'agent' &&
      !namesQueue(row) &&
      receiver !== null &&
      receiver.user === agent &&
      isSame(receiver.connected, started),
  );
}

/** Finds how a visit ended that no leg answered. */
function findExit(session: Session, entry: Entry, next: Entry | undefined, isFirst: boolean): VisitExit {
  const { agent, transfer } = entry;
  if (transfer?.outcome === 'cancelled') return 'cancelled';
  if (next !== undefined) return findLaterExit(entry, next);
  if (!session.over) return transfer?.outcome === 'failed' ? 'failed' : 'open';
  if (isVoicemail(session)) return 'voicemail';
  const reason = readReason(session.failReason);
  if (reason === 'eu_abandoned' || readReason(transfer?.row.fail_reason) === 'eu_abandoned') return 'abandoned';
  if (reason === 'eu_canceled') return 'cancelled';
  if (transfer?.outcome === 'transferred') return 'answered';
  // the session went on without it
  if (transfer?.outcome === 'failed' && transfer.resolved !== null) return 'failed';
  if (session.status === 'deflected' || isDeflected(session, entry)) return 'deflected';
  // the participants are not shown
  if (isFirst && session.connected !== null && !isAgentRefuted(entry)) return 'answered';
  const isGivenUp = (reason === null || reason === 'no_response') && isEndedByCaller(session);
  return isGivenUp && (agent === null || session.channel === 'chat' || !isFirst) ? 'abandoned' : 'failed';
}

/** The record says that no agent took the session out of the queue. */
const isAgentRefuted = ({ isAgentKnown, agent }: Entry): boolean => isAgentKnown && agent === null;

/** An agent must have had a session to transfer it. Otherwise it was redirected to the next queue. */
function findLaterExit({ agent, transfer }: Entry, next: Entry): VisitExit {
  if (transfer?.outcome === 'transferred') return 'answered';
  if (
    next.isTransfer &&
    (agent !== null || (next.transfer !== null && next.transfer.fromAgent !== null && transfer === null))
  )
    return 'answered';
  return transfer?.outcome === 'failed' ? 'failed' : 'deflected';
}

/** `nothing` is no reason. */
export function readReason(reason: unknown): string | null {
  const text = readText(reason);
  return text === 'nothing' ? null : text;
}

/** Whether the session was redirected. One that names the transfer belongs to that visit alone. */
function isDeflected({ record, deflection, connected }: Session, { transferId }: Entry): boolean {
  const details = readObjects(record.deflection_details).map(({ transfer_id }) => readId(transfer_id));
  if (transferId !== null) return details.includes(transferId);
  return hasDeflection(deflection) && connected === null;
}

/** Whether the value of `deflection` says that the session was redirected. */
export const hasDeflection = (deflection: string | null): boolean =>
  deflection !== null && deflection !== 'no_deflection';

/** Whether the session went to voicemail. */
export function isVoicemail({ record, status }: Pick<Session, 'record' | 'status'>): boolean {
  const reason = readText(record.voicemail_reason);
  return (reason !== null && reason !== 'not_voicemail') || (status?.startsWith('voicemail') ?? false);
}

/** Whether the session continues another one, or was arranged for a later time. */
export const isCallback = ({ record, type, family }: Pick<Session, 'record' | 'type' | 'family'>): boolean =>
  readId(record.parent_id) !== null || family === 'scheduled' || CALLBACK.test(type ?? '');

const CALLBACK = /callback/i;

function findOrigin({ record, family, type }: Session, { isTransfer, transfer }: Entry): VisitOrigin {
  if (isTransfer) return transfer?.isEscalation ? 'escalation' : 'transfer';
  if (family === 'campaign') return 'campaign';
  if (readId(record.parent_id) !== null || CALLBACK.test(type ?? '')) return 'callback';
  return family === 'scheduled' ? 'scheduled' : 'inbound';
}

function describeVisit(session: Session, entry: Entry, exit: VisitExit, index: number, leg: Leg | null): QueueVisit {
  const { id, place, lang, entered, left, wait, transfer, transferId, serviceLevel, source } = entry;
  const isOpen = exit === 'open';
  return {
    visit_no: index + 1,
    is_first: index === 0,
    visit_id: id,
    queue_id: place.id,
    queue_path: place.path,
    queue_name: place.name,
    lang: lang ?? readText(session.record.lang),
    entered_at: entered?.text ?? null,
    left_at: isOpen && left === null ? null : (left?.text ?? null),
    seconds: isOpen && left === null ? null : toSeconds(wait),
    agent_id: leg?.agent ?? entry.agent,
    exit,
    origin: findOrigin(session, entry),
    cold: entry.cold ?? (transfer === null ? null : findCold(session, transfer)),
    transfer_id: transferId,
    service_level_event: serviceLevel,
    source,
  };
}

function isIn(time: Instant | null, from: Instant | null, to: Instant | null): boolean {
  if (time === null) return from === null && to === null;
  if (from !== null && time.time <= from.time - SKEW_TOLERANCE) return false;
  return to === null || time.time < to.time;
}

const isSame = (a: Instant, b: Instant | null): boolean => b !== null && Math.abs(a.time - b.time) < SKEW_TOLERANCE;

const goBack = ({ time }: Instant, milliseconds: number): Instant => createInstant(time - milliseconds);

const byEntered = (a: Entry, b: Entry): number =>
  (a.entered?.time ?? Number.POSITIVE_INFINITY) - (b.entered?.time ?? Number.POSITIVE_INFINITY) || 0;
