import type { QueueVisit, VirtualAgentLeg, VirtualAgentOutcome } from '../../catalog/facts.ts';
import { VIRTUAL_AGENT_OUTCOMES } from '../../catalog/facts.ts';
import { type Instant, SKEW_TOLERANCE } from './instant.ts';
import { chooseHandled, measure, toSeconds } from './lengths.ts';
import { compareNullLast, readVirtualAgents } from './participants.ts';
import { choosePlace, readMenu } from './queue-place.ts';
import {
  type JsonObject,
  MAX_FACTS,
  readDuration,
  readId,
  readInstant,
  readObject,
  readObjects,
  readSome,
  readText,
} from './record-reader.ts';
import { isEndedByCaller, type Session } from './session.ts';

type Part = Pick<VirtualAgentLeg, 'leg_id' | 'source'> & {
  readonly started: Instant | null;
  readonly ended: Instant | null;
  readonly length: number | null;
  readonly row: JsonObject;
};

/** Lists the parts of a session with a virtual agent: those of `virtual_agent_handle_durations`, else its participants. */
export function listVirtualAgentLegs(session: Session, visits: readonly QueueVisit[]): VirtualAgentLeg[] {
  const rows = readSome(session.record, 'virtual_agent_handle_durations', session.anomalies);
  const parts = rows.length > 0 ? rows.map((row) => readPart(session, row)) : deriveParts(session);
  const escalations = readObjects(session.record.escalations);
  return parts
    .sort(byStart)
    .map((part, index) => describePart(session, part, index, parts.length, escalations, visits));
}

function readPart({ anomalies }: Session, row: JsonObject): Part {
  const field = 'virtual_agent_handle_durations[]';
  const started = readInstant(row.started_at, `${field}.started_at`, anomalies);
  const ended = readInstant(row.ended_at, `${field}.ended_at`, anomalies);
  const stated = readDuration(row.duration) ?? readDuration(row.call_duration) ?? readDuration(row.chat_duration);
  const length = chooseHandled(stated, measure(started, ended), `${field}.duration`, anomalies);
  return {
    leg_id: readId(row.id),
    source: 'array',
    started,
    ended,
    length: ended === null && length === 0 ? null : length,
    row,
  };
}

function deriveParts({ record, ended: sessionEnded, over }: Session): Part[] {
  return readVirtualAgents(record.participants, sessionEnded)
    .slice(0, MAX_FACTS)
    .map(({ participant, connected, ended, endIsAssumed, row }) => {
      const known = endIsAssumed && !over ? null : ended;
      const stated = readDuration(row.call_duration) ?? readDuration(row.chat_duration);
      return {
        leg_id: participant,
        source: 'derived',
        started: connected,
        ended: known,
        length: known === null ? null : chooseHandled(stated, measure(connected, known), 'participants[].duration', []),
        row,
      };
    });
}

function describePart(
  session: Session,
  { leg_id, source, started, ended, length, row }: Part,
  index: number,
  count: number,
  escalations: readonly JsonObject[],
  visits: readonly QueueVisit[],
): VirtualAgentLeg {
  const { record, queue, transfers } = session;
  const escalation = findEscalation(escalations, leg_id, index, count);
  const given = transfers.find(({ isEscalation, created }) => isEscalation && isNear(created, ended));
  const incoming = transfers.find(
    ({ target, created, receiver }) =>
      target === 'virtual_agent' && (isNear(receiver?.connected ?? null, started) || isNear(created, started)),
  );
  const place = choosePlace(
    readMenu(row.menu_path),
    incoming === undefined ? queue : readMenu(incoming.row.to_menu_path),
  );
  const reason = readText(escalation?.reason) ?? readText(escalation?.escalation_reason) ?? readText(row.finish_reason);
  const agent = readObject(row.virtual_agent ?? incoming?.row.to_virtual_agent ?? record.virtual_agent);
  return {
    leg_no: index + 1,
    leg_id,
    virtual_agent_id: readId(row.virtual_agent_id) ?? readId(agent.id),
    queue_id: place.id,
    queue_path: place.path,
    started_at: started?.text ?? null,
    ended_at: ended?.text ?? null,
    seconds: toSeconds(length),
    initiated_by: incoming !== undefined && incoming.fromAgent !== null ? 'agent' : 'consumer',
    in_queue: row.in_queue_wait_time_va === true || isInQueue(started, ended, visits),
    outcome: findOutcome(session, row, ended, escalation !== undefined || given !== undefined, index === count - 1),
    reason,
    transfer_id: readId(row.transfer_id) ?? readId(incoming?.row.id) ?? readId(given?.row.id),
    source,
  };
}

/** An escalation names its leg by id, or is in the same place of the list. */
function findEscalation(escalations: readonly JsonObject[], id: number | null, index: number, count: number) {
  const named = escalations.find(
    (one) => id !== null && [one.id, one.virtual_agent_handle_duration_id].some((other) => readId(other) === id),
  );
  return named ?? (escalations.length === count || count === 1 ? escalations[index] : undefined);
}

function findOutcome(
  session: Session,
  { finish_reason }: JsonObject,
  ended: Instant | null,
  isEscalated: boolean,
  isLast: boolean,
): VirtualAgentOutcome {
  const word = VIRTUAL_AGENT_OUTCOMES.find((outcome) => outcome === finish_reason);
  if (word !== undefined && word !== 'undefined') return word;
  if (isEscalated) return 'escalated';
  if (ended === null && !session.over) return 'open';
  // one who left earlier had no part in how the session ended
  const isAtEnd =
    isLast && (ended === null || session.ended === null || Math.abs(ended.time - session.ended.time) < SKEW_TOLERANCE);
  if (session.status === 'failed' && isAtEnd) return 'failed';
  return isAtEnd && isEndedByCaller(session) && session.connections.agents.length === 0
    ? 'consumer_ended'
    : 'undefined';
}

/** Whether a part ran within visits of queues: it can begin in one queue and end in the next. */
const isInQueue = (started: Instant | null, ended: Instant | null, visits: readonly QueueVisit[]): boolean =>
  started !== null &&
  visits.some(
    ({ entered_at, left_at }) =>
      entered_at !== null && entered_at < started.text && (left_at === null || started.text < left_at),
  ) &&
  (ended === null || visits.some(({ left_at }) => left_at === null || ended.text <= left_at));

const NEAR = 2_000;

const isNear = (a: Instant | null, b: Instant | null): boolean =>
  a !== null && b !== null && Math.abs(a.time - b.time) <= NEAR;

const byStart = (a: Part, b: Part): number => compareNullLast(a.started?.time, b.started?.time);
