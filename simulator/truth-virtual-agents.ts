import type { VirtualAgentLeg, VirtualAgentOutcome } from '../catalog/facts.ts';
import { roundToSeconds } from './time.ts';
import type { Attendance } from './truth-course.ts';
import { type ExpectedSession, toText } from './truth-session.ts';

/** The legs of virtual agents that a record is expected to give. */
export function expectVirtualAgentLegs(session: ExpectedSession): readonly VirtualAgentLeg[] {
  if (!session.sight.virtualAgentRows && !session.sight.participants) return [];
  return session.course.attendances
    .filter(({ party }) => party.type === 'virtual_agent')
    .map((attendance, index) => expectLeg(session, attendance, index));
}

function expectLeg(session: ExpectedSession, attendance: Attendance, index: number): VirtualAgentLeg {
  const { course, sight } = session;
  const { party, from, to } = attendance;
  const isArray = sight.virtualAgentRows;
  const before = course.handovers.find(
    ({ transfer, received }) => received === from && transfer.toVirtualAgent === party.virtualAgent && transfer.from,
  );
  const stay = course.stays.find(({ entered, left }) => entered <= from && from < (left ?? Number.POSITIVE_INFINITY));
  const outcome = findOutcome(session, attendance);
  return {
    leg_no: index + 1,
    leg_id: isArray ? party.id : null,
    virtual_agent_id: isArray ? (party.virtualAgent?.id ?? null) : null,
    queue_id: null,
    queue_path: null,
    started_at: toText(from),
    ended_at: toText(to),
    seconds: to === null ? null : roundToSeconds(to - from),
    initiated_by: before ? 'agent' : 'consumer',
    in_queue: stay !== undefined,
    outcome,
    reason: outcome === 'escalated' ? 'by_virtual_agent' : isArray ? attendance.finish : null,
    transfer_id: before?.transfer.id ?? null,
    source: isArray ? 'array' : 'derived',
  };
}

function findOutcome({ course, sight, over }: ExpectedSession, attendance: Attendance): VirtualAgentOutcome {
  const { party, to, finish } = attendance;
  if (to === null && !over) return 'open';
  const handedOver = course.handovers.some(({ transfer }) => transfer.fromVirtualAgent === party.virtualAgent);
  if (handedOver || (sight.virtualAgentRows && course.escalated.has(party))) return 'escalated';
  if (!sight.virtualAgentRows) return 'undefined';
  switch (finish) {
    case 'escalated':
    case 'resolved':
    case 'consumer_ended':
    case 'unexpectedly_ended':
      return finish;
    default:
      return 'undefined';
  }
}
