import type { AgentLeg, Outcome, QueueVisit, SessionOutcome, TransferFact } from '../catalog/facts.ts';
import { measureOverlap } from './truth-overlap.ts';
import { type ExpectedSession, toName, toPath } from './truth-session.ts';

interface Parts {
  readonly visits: readonly QueueVisit[];
  readonly legs: readonly AgentLeg[];
  readonly transfers: readonly TransferFact[];
}

/** What is expected of a session as a whole. */
export function expectOutcome(session: ExpectedSession, { visits, legs, transfers }: Parts): SessionOutcome {
  const { course, sight } = session;
  const first = visits.at(0);
  const last = visits.at(-1);
  const done = transfers.filter(({ outcome }) => outcome === 'transferred');
  const present = sight.participants ? course.attendances : [];
  const isAnswered = legs.length > 0;
  // without a visit, the queue that the record names
  const { menu } = course;
  const chosen = {
    queue_id: menu?.id ?? null,
    queue_path: menu && toPath(menu),
    queue_name: menu && toName(menu),
  };
  return {
    outcome: findOutcome(session, visits, isAnswered),
    abandoned_after_answer: isAnswered && last?.exit === 'abandoned',
    direction: session.direction,
    has_menu: session.hasMenu,
    has_queue: visits.length > 0,
    first_queue_id: (first ?? chosen).queue_id,
    first_queue_path: (first ?? chosen).queue_path,
    first_queue_name: (first ?? chosen).queue_name,
    last_queue_id: (last ?? chosen).queue_id,
    last_queue_path: (last ?? chosen).queue_path,
    last_queue_name: (last ?? chosen).queue_name,
    first_agent_id: legs.at(0)?.agent_id ?? null,
    last_agent_id: (sight.lastAgent ? course.lastAgent?.id : undefined) ?? legs.at(-1)?.agent_id ?? null,
    is_internal: session.isInternal,
    is_campaign: session.isCampaign,
    is_callback: session.isCallback,
    is_voicemail: course.isVoicemail,
    is_voicemail_read: course.status === 'voicemail_read',
    has_virtual_agent: course.attendances.some(({ party }) => party.type === 'virtual_agent'),
    has_conference: hasConference(session),
    has_third_party: present.some(({ party }) => party.type === 'third_party'),
    transfers_done: done.filter((one) => !one.is_escalation && one.kind !== 'virtual_agent').length,
    escalations_done: done.filter((one) => one.is_escalation).length,
    queue_visits: visits.length,
    agent_legs: legs.length,
  };
}

/** The first that fits, in the order of the definition. */
function findOutcome(session: ExpectedSession, visits: readonly QueueVisit[], isAnswered: boolean): Outcome {
  const { course, over, sight } = session;
  const reason = course.end?.failReason;
  if (!over) return 'open';
  if (course.isVoicemail) return 'voicemail';
  if (reason === 'eu_in_menu_abandoned') return 'abandoned_menu';
  if (!isAnswered && visits.at(-1)?.exit === 'abandoned') return 'abandoned_queue';
  if (reason === 'eu_canceled') return 'cancelled';
  if (course.status === 'deflected' || (!isAnswered && course.deflection !== 'no_deflection')) return 'deflected';
  if (course.status === 'recovered') return 'recovered';
  if (course.status === 'failed') return 'failed';
  if (isAnswered) return 'answered';
  const hasVirtualAgent = course.attendances.some(({ party }) => party.type === 'virtual_agent');
  return hasVirtualAgent && (sight.participants || sight.virtualAgentRows) ? 'va_only' : 'no_agent';
}

/** Whether two agents were connected at once, which is known at the end. An internal call of two agents is no conference. */
function hasConference({ course, sight, isInternal, over }: ExpectedSession): boolean {
  if (!sight.participants || !over) return false;
  const presences = course.attendances
    .filter(({ party }) => party.type === 'agent')
    .map(({ party, from, to }) => ({ party, from, to: to ?? course.end?.at ?? from }));
  const agents = (among: typeof presences) => new Set(among.map(({ party }) => party.agent)).size;
  if (isInternal && agents(presences) < 3) return false;
  return measureOverlap(presences, (present) => agents([...present]) >= 2) > 0;
}
