import type {
  AgentLeg,
  Outcome,
  QueueVisit,
  SessionOutcome,
  TransferFact,
  VirtualAgentLeg,
} from '../../catalog/facts.ts';
import { FAMILY_SEGMENTS } from './families.ts';
import { readId, readObject, readObjects, readText } from './record-reader.ts';
import { hasDeflection, isEndedByCaller, isReturned, isVoicemail, readReason, type Session } from './session.ts';

/** The facts that the outcome of a session is an aggregate of. */
export interface Parts {
  readonly visits: readonly QueueVisit[];
  readonly legs: readonly AgentLeg[];
  readonly transfers: readonly TransferFact[];
  readonly virtualAgentLegs: readonly VirtualAgentLeg[];
  /** Whether agents overlapped; not an internal call of two. */
  readonly hasConference: boolean;
  readonly hasThirdParty: boolean;
}

/** Describes what became of a session. */
export function describeOutcome(session: Session, parts: Parts): SessionOutcome {
  const { visits, legs, transfers, virtualAgentLegs } = parts;
  const { record, family, queue } = session;
  const first = visits[0];
  const last = visits.at(-1);
  return {
    outcome: findOutcome(session, parts),
    abandoned_after_answer: legs.length > 0 && last?.exit === 'abandoned',
    direction: session.direction,
    has_menu: FAMILY_SEGMENTS[family].ivr,
    has_queue: visits.length > 0,
    first_queue_id: first === undefined ? queue.id : first.queue_id,
    first_queue_path: first === undefined ? queue.path : first.queue_path,
    first_queue_name: first === undefined ? queue.name : first.queue_name,
    last_queue_id: last === undefined ? queue.id : last.queue_id,
    last_queue_path: last === undefined ? queue.path : last.queue_path,
    last_queue_name: last === undefined ? queue.name : last.queue_name,
    first_agent_id: legs.find(({ agent_id }) => agent_id !== null)?.agent_id ?? null,
    last_agent_id:
      readId(readObject(record.agent_info).id) ?? legs.findLast(({ agent_id }) => agent_id !== null)?.agent_id ?? null,
    is_internal: family === 'internal',
    is_campaign: family === 'campaign',
    is_callback: isReturned(session) || family === 'scheduled',
    is_voicemail: isVoicemail(session),
    is_voicemail_read: session.status === 'voicemail_read',
    has_virtual_agent: virtualAgentLegs.length > 0 || Object.keys(readObject(record.virtual_agent)).length > 0,
    has_conference: parts.hasConference,
    has_third_party: parts.hasThirdParty,
    transfers_done: transfers.filter(
      ({ outcome, is_escalation, kind }) => outcome === 'transferred' && !is_escalation && kind !== 'virtual_agent',
    ).length,
    escalations_done: transfers.filter(({ outcome, is_escalation }) => outcome === 'transferred' && is_escalation)
      .length,
    queue_visits: visits.length,
    agent_legs: legs.length,
  };
}

function findOutcome(session: Session, { visits, legs, virtualAgentLegs }: Parts): Outcome {
  const { over, status, deflection, connected, channel } = session;
  if (!over) return isVoicemail(session) && status === 'voicemail_received' ? 'voicemail' : 'open';
  if (isVoicemail(session)) return 'voicemail';
  const reason = readReason(session.failReason);
  const hadAgent = legs.length > 0 || (channel === 'call' && connected !== null && virtualAgentLegs.length === 0);
  const last = visits.at(-1);
  if (!hadAgent) {
    if (reason === 'eu_in_menu_abandoned') return 'abandoned_menu';
    if (last?.exit === 'abandoned' || reason === 'eu_abandoned') return 'abandoned_queue';
    if (reason === 'eu_canceled') return 'cancelled';
    if (hasDeflection(deflection)) return 'deflected';
  }
  if (status === 'deflected') return 'deflected';
  if (status === 'recovered') return 'recovered';
  if (status === 'failed') return 'failed';
  if (hadAgent) return 'answered';
  if (virtualAgentLegs.length > 0) return 'va_only';
  if (visits.length === 0 && reason === null && session.direction === 'inbound' && isLeftInMenu(session))
    return 'abandoned_menu';
  return 'no_agent';
}

/** The caller hung up before any queue, agent or virtual agent. */
const isLeftInMenu = (session: Session): boolean =>
  session.channel === 'call' &&
  session.assigned === null &&
  readObjects(session.record.participants).every(({ type }) => type !== 'virtual_agent') &&
  readText(session.record.disconnected_by) !== null &&
  isEndedByCaller(session);
