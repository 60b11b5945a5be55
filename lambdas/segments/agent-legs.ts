import type { AgentLeg, FactSource } from '../../catalog/facts.ts';
import { type Instant, SKEW_TOLERANCE } from './instant.ts';
import { chooseHandled, measure, toSeconds } from './lengths.ts';
import { type Connection, compareNullLast } from './participants.ts';
import { judge } from './plausibility.ts';
import { choosePlace, NO_PLACE, type QueuePlace, readMenu } from './queue-place.ts';
import {
  type JsonObject,
  readDuration,
  readId,
  readInstant,
  readObject,
  readObjects,
  readSome,
} from './record-reader.ts';
import type { Session } from './session.ts';
import type { Transfer } from './transfers.ts';

/** A leg before it is known which visit it answered and which transfer brought it. Lengths are in milliseconds. */
export interface Leg {
  readonly id: number | null;
  readonly agent: number | null;
  readonly place: QueuePlace;
  readonly started: Instant | null;
  ended: Instant | null;
  length: number | null;
  hold: number | null;
  wrapUp: number | null;
  beforeCall: number | null;
  readonly isTransferred: boolean;
  /** A row of wrap-up without a handled interaction. */
  readonly isWrapUp: boolean;
  readonly source: FactSource;
}

/**
 * Lists the handled interactions of a session in order: those of `handle_durations`, else the agents among the participants, else
 * the connection of the session itself. Agents of an open session that `handle_durations` does not name yet come from the
 * participants.
 *
 * An agent who leaves and rejoins, without a transfer in between, has one leg. A row without a length after a leg of the same agent
 * is wrap-up that was added to it.
 */
export function listLegs(session: Session): Leg[] {
  const rows = readSome(session.record, 'handle_durations', session.anomalies);
  if (rows.length === 0) return deriveLegs(session, session.connections.agents);
  const legs = joinRows(session, rows);
  if (session.over) return legs;
  const missing = session.connections.agents.filter(
    ({ user }) => user !== null && !legs.some(({ agent }) => agent === user),
  );
  if (missing.length === 0) return legs;
  return [...legs, ...deriveLegs(session, missing)].sort(byStart);
}

function joinRows(session: Session, rows: readonly JsonObject[]): Leg[] {
  const read = rows.map((row) => readLeg(session, row));
  if (read.length === 1) return read;
  const legs: Leg[] = [];
  const seen = new Set<string>();
  for (const leg of read.sort(byStart)) {
    if (isRepeated(leg, seen)) {
      session.anomalies.push('duplicate:handle_durations');
      continue;
    }
    const earlier = legs.findLast(({ agent }) => agent !== null && agent === leg.agent);
    if (earlier === undefined) legs.push(leg);
    else if (leg.isWrapUp || leg.length === 0) addWrapUp(earlier, leg);
    else if (isSameLeg(earlier, leg, session)) rejoin(earlier, leg);
    else legs.push(leg);
  }
  return legs;
}

function readLeg({ anomalies, bounds }: Session, row: JsonObject): Leg {
  const field = 'handle_durations[]';
  // wrap-up follows the session
  const from = { from: bounds.from, to: Number.POSITIVE_INFINITY };
  const started = judge(
    readInstant(row.started_at, `${field}.started_at`, anomalies),
    `${field}.started_at`,
    anomalies,
    from,
  );
  const ended = judge(readInstant(row.ended_at, `${field}.ended_at`, anomalies), `${field}.ended_at`, anomalies, from);
  const stated = readDuration(row.call_duration) ?? readDuration(row.chat_duration) ?? readDuration(row.duration);
  return {
    id: readId(row.id),
    agent: readId(row.agent_id) ?? readId(readObject(row.agent).id),
    place: readMenu(row.menu_path),
    started,
    ended,
    length: chooseHandled(stated, measure(started, ended), `${field}.duration`, anomalies),
    hold: readLength(row.hold_duration),
    wrapUp: readLength(row.acw_duration),
    beforeCall: readLength(row.bcw_duration),
    isTransferred: row.transfer === true,
    isWrapUp: (stated ?? 0) === 0 && (readLength(row.acw_duration) ?? 0) > 0,
    source: 'array',
  };
}

/** The same row twice is one: the platform has written wrap-up and handle rows twice. */
function isRepeated({ id, agent, started, ended, length, wrapUp }: Leg, seen: Set<string>): boolean {
  const content = [agent, started?.time, ended?.time, length, wrapUp].join();
  const keys = id === null ? [content] : [content, `id ${id}`];
  const isKnown = keys.some((key) => seen.has(key));
  for (const key of keys) seen.add(key);
  return isKnown;
}

function addWrapUp(leg: Leg, { wrapUp }: Leg): void {
  leg.wrapUp = add(leg.wrapUp, wrapUp);
}

function rejoin(leg: Leg, { ended, length, hold, wrapUp, beforeCall }: Leg): void {
  leg.ended = ended;
  // the length of a leg that lasts is not known yet
  leg.length = leg.length === null || length === null ? null : leg.length + length;
  leg.hold = add(leg.hold, hold);
  leg.wrapUp = add(leg.wrapUp, wrapUp);
  leg.beforeCall = add(leg.beforeCall, beforeCall);
}

/** The agent returned for no other reason than having left. */
function isSameLeg(earlier: Leg, { agent, started, isTransferred }: Leg, { transfers, visitRows }: Session): boolean {
  if (started === null || earlier.started === null) return false;
  const from = earlier.started.time;
  const to = started.time + SKEW_TOLERANCE;
  const isBetween = (time: number | undefined) => time !== undefined && time > from && time <= to;
  const isBrought = (transfer: Transfer) =>
    transfer.outcome !== 'failed' &&
    transfer.outcome !== 'cancelled' &&
    (transfer.receiver?.user ?? transfer.toAgent) === agent &&
    isBetween(transfer.created?.time);
  if (transfers.some(isBrought)) return false;
  const isAnswer = (visit: JsonObject) =>
    readId(visit.agent_id) === agent && isBetween(readInstant(visit.ended_at, '', [])?.time);
  if (visitRows.some(isAnswer)) return false;
  return !(isTransferred && transfers.length === 0);
}

/** What no other field than `handle_durations` says of a leg. */
const DERIVED = {
  id: null,
  place: NO_PLACE,
  wrapUp: null,
  beforeCall: null,
  isTransferred: false,
  isWrapUp: false,
  source: 'derived',
} as const;

function deriveLegs(session: Session, agents: readonly Connection[]): Leg[] {
  const legs: Leg[] = [];
  for (const connection of agents) {
    const leg = deriveLeg(session, connection);
    const earlier = legs.findLast(({ agent }) => agent !== null && agent === leg.agent);
    if (earlier !== undefined && isSameLeg(earlier, leg, session)) rejoin(earlier, leg);
    else legs.push(leg);
  }
  const [only] = legs;
  if (only === undefined) return deriveOnlyLeg(session);
  if (legs.length === 1) only.hold ??= session.over ? readLength(session.record.hold_duration) : null;
  only.beforeCall = measureBeforeCall(session, only.started);
  return legs;
}

function deriveLeg({ over }: Session, { user, connected, ended, endIsAssumed, row }: Connection): Leg {
  const isOpen = endIsAssumed && !over;
  const stated = readDuration(row.call_duration) ?? readDuration(row.chat_duration);
  const timed = measure(connected, ended);
  return {
    ...DERIVED,
    agent: user,
    started: connected,
    ended,
    length: isOpen ? null : chooseHandled(stated, timed, 'participants[].duration', []),
    hold: readLength(row.hold_duration),
  };
}

/** The leg of a session whose participants are not shown. */
function deriveOnlyLeg(session: Session): Leg[] {
  const { record, connected, ended, over } = session;
  const agent = readId(readObject(record.agent_info).id);
  // without an agent's name, it may have been a virtual agent
  if (connected === null || (agent === null && namesVirtualAgent(record))) return [];
  const stated =
    readDuration(record.duration) ?? readDuration(record.call_duration) ?? readDuration(record.chat_duration);
  return [
    {
      ...DERIVED,
      agent,
      started: connected,
      ended,
      length: over ? chooseHandled(stated, measure(connected, ended), 'duration', []) : null,
      hold: over ? readLength(record.hold_duration) : null,
      beforeCall: measureBeforeCall(session, connected),
    },
  ];
}

const namesVirtualAgent = ({ virtual_agent, virtual_agent_handle_durations, participants }: JsonObject): boolean =>
  Object.keys(readObject(virtual_agent)).length > 0 ||
  readObjects(virtual_agent_handle_durations).length > 0 ||
  readObjects(participants).some(({ type }) => type === 'virtual_agent');

/** In campaigns, an agent works on the contact from the assignment until the connection. */
const measureBeforeCall = ({ family, assigned }: Session, connected: Instant | null): number | null =>
  family === 'campaign' ? measure(assigned, connected) : null;

function readLength(value: unknown): number | null {
  const length = readDuration(value) ?? -1;
  return length < 0 ? null : length;
}

/** What links a leg to the rest of its session. */
export interface LegLinks {
  readonly visitNo: number | null;
  readonly visitPlace: QueuePlace;
  readonly transfer: Transfer | null;
  readonly transferId: number | null;
  readonly cold: boolean | null;
}

/** Describes a leg as a fact. */
export function describeLeg(session: Session, leg: Leg, number: number, links: LegLinks): AgentLeg {
  const { started, ended, length, hold, wrapUp, beforeCall, source } = leg;
  const { transfer, transferId, visitNo, visitPlace } = links;
  const chosen = choosePlace(leg.place, visitPlace);
  const place = chosen.id === null ? chosen : choosePlace(chosen, session.queue);
  const isFirst = number === 1;
  const isMeasured = length !== null && (wrapUp !== null || (source === 'array' && session.over));
  return {
    leg_no: number,
    leg_id: leg.id,
    agent_id: leg.agent,
    queue_id: place.id,
    queue_path: place.path,
    queue_name: place.name,
    visit_no: visitNo,
    started_at: started?.text ?? null,
    ended_at: ended?.text ?? null,
    connection_seconds: toSeconds(measureConnection(session, started, isFirst, transfer)),
    seconds: toSeconds(length),
    hold_seconds: toSeconds(hold),
    talk_seconds: length === null || (hold ?? 0) > length ? null : (length - (hold ?? 0)) / 1000,
    wrap_up_seconds: toSeconds(wrapUp),
    before_call_seconds: toSeconds(beforeCall),
    handle_seconds: isMeasured ? ((beforeCall ?? 0) + length + (wrapUp ?? 0)) / 1000 : null,
    via_transfer: transfer !== null || transferId !== null || (leg.isTransferred && !isFirst),
    cold: links.cold,
    transfer_id: transferId,
    direction: session.direction,
    auto_answered: isFirst && session.channel === 'call' ? readAnswer(session.record.answer_type) : null,
    source,
  };
}

function measureConnection(
  { assigned, anomalies }: Session,
  started: Instant | null,
  isFirst: boolean,
  transfer: Transfer | null,
): number | null {
  if (isFirst && transfer === null) return measure(assigned, started);
  if (transfer === null) return null;
  return measure(readInstant(transfer.row.assigned_at, 'transfers[].assigned_at', anomalies), started);
}

const readAnswer = (type: unknown): boolean | null =>
  typeof type === 'string' && type !== '' ? type === 'auto' : null;

const add = (a: number | null, b: number | null): number | null =>
  a === null && b === null ? null : (a ?? 0) + (b ?? 0);

const byStart = (a: Leg, b: Leg): number => compareNullLast(a.started?.time, b.started?.time);
