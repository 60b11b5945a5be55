import type { VirtualAgentLeg, VirtualAgentOutcome } from '../catalog/facts.ts';
import type { Transfer } from './call-story.ts';
import { roundToSeconds } from './time.ts';
import type { Attendance } from './truth-course.ts';
import { type ExpectedSession, toPath, toText } from './truth-session.ts';

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
  const after = course.handovers.find(({ transfer }) => isEscalation(transfer, attendance));
  const outcome = findOutcome(session, attendance);
  // After an agent's transfer the record names no queue of the virtual agent.
  const menu = before ? null : course.menu;
  return {
    leg_no: index + 1,
    leg_id: party.id,
    virtual_agent_id: isArray ? (party.virtualAgent?.id ?? null) : null,
    queue_id: menu?.id ?? null,
    queue_path: menu ? toPath(menu) : null,
    started_at: toText(from),
    ended_at: toText(to),
    // A length that is rounded to 0 says less than the times.
    seconds: to === null ? null : roundToSeconds(to - from) || (to - from) / 1000,
    initiated_by: before ? 'agent' : 'consumer',
    in_queue: stay !== undefined,
    outcome,
    reason: isArray ? (course.escalated.has(party) ? 'by_virtual_agent' : attendance.finish) : null,
    transfer_id: (before ?? after)?.transfer.id ?? null,
    source: isArray ? 'array' : 'derived',
  };
}

/** Whether it is the hand-over by this virtual agent. */
const isEscalation = ({ fromVirtualAgent }: Transfer, { party }: Attendance) =>
  fromVirtualAgent !== undefined && fromVirtualAgent === party.virtualAgent;

function findOutcome({ course, sight, over }: ExpectedSession, attendance: Attendance): VirtualAgentOutcome {
  const { party, to, finish } = attendance;
  if (to === null && !over) return 'open';
  const handedOver = course.handovers.some(({ transfer }) => isEscalation(transfer, attendance));
  if (handedOver || (sight.virtualAgentRows && course.escalated.has(party))) return 'escalated';
  if (!sight.virtualAgentRows) {
    // The caller left while the virtual agent was there.
    return course.end?.at === to && course.end.by === 'disconnected_by_end_user' ? 'consumer_ended' : 'undefined';
  }
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
