import type { QueueVisit, VisitExit, VisitOrigin } from '../catalog/facts.ts';
import type { Transfer } from './call-story.ts';
import { roundToSeconds } from './time.ts';
import type { Course, Stay } from './truth-course.ts';
import { type ExpectedSession, nameStay, toPath, toText } from './truth-session.ts';
import type { Sight } from './truth-sight.ts';
import { isGiverGone } from './truth-transfers.ts';

/** The queue visits that a record is expected to give. */
export function expectVisits(session: ExpectedSession): readonly QueueVisit[] {
  return session.course.stays.map((stay, index) => expectVisit(session, readStay(session, stay), index));
}

/** Without rows the first stay was in the queue of the session, which can be corrected, unless an agent's transfer names another. */
export function readStay({ course, sight }: ExpectedSession, stay: Stay): Stay {
  const isNamed = stay.transfer?.from || course.handovers.at(0)?.transfer.from;
  return sight.queueRows || isNamed || course.menu === null ? stay : { ...stay, menu: course.menu };
}

function expectVisit(session: ExpectedSession, stay: Stay, index: number): QueueVisit {
  const { sight, id } = session;
  const exit = findExit(session, stay);
  const { entered, left, seconds } = sight.queueRows ? readRow(stay) : deriveTimes(session, stay);
  const { transfer } = stay;
  return {
    visit_no: index + 1,
    is_first: index === 0,
    visit_id: sight.queueRows ? id * 10 + index : null,
    queue_id: stay.menu.id,
    queue_path: toPath(stay.menu),
    queue_name: nameStay(stay, session),
    lang: sight.queueRows ? 'en' : session.lang,
    entered_at: toText(entered),
    left_at: toText(left),
    seconds: left === null ? null : seconds,
    // Without a row the agent is found by the connection.
    agent_id: sight.queueRows || stay.isConnected ? (stay.agent?.id ?? null) : null,
    exit,
    origin: findOrigin(session, stay),
    cold: transfer && findCold(session, transfer),
    transfer_id: transfer?.id ?? null,
    service_level_event: sight.queueRows && stay.agent ? judge(seconds) : null,
    source: sight.queueRows ? 'array' : 'derived',
  };
}

const judge = (seconds: number | null) => (seconds !== null && seconds < 30 ? 'in_sla' : 'not_in_sla');

interface Times {
  readonly entered: number | null;
  readonly left: number | null;
  readonly seconds: number | null;
}

const readRow = ({ entered, left }: Stay): Times => ({
  entered,
  left,
  seconds: left === null ? null : roundToSeconds(left - entered),
});

/** A visit without a row: its times come from the session for the first visit, from the agent's transfer for another. */
function deriveTimes({ course, sight }: ExpectedSession, stay: Stay): Times {
  if (stay.transfer?.from) return between(stay.entered, findLaterLeft(course, sight, stay));
  const left = findFirstLeft(course, sight, stay);
  if (sight.queuedAt) return between(course.queued, left);
  const waited = left === null || stay.left === null ? null : roundToSeconds(stay.left - stay.entered);
  return { entered: left === null || waited === null ? null : left - waited * 1000, left, seconds: waited };
}

/** The session names no time at which a caller left the queue other than its assignment and its end. */
function findFirstLeft(course: Course, { assignedAt }: Sight, { ending }: Stay): number | null {
  if (ending !== 'assigned') return ending === null ? null : (course.end?.at ?? null);
  return assignedAt ? course.assigned : course.connected;
}

/** Without the time of the assignment a later visit ends when the agent is connected. */
function findLaterLeft(
  { handovers }: Course,
  { transferTimes }: Sight,
  { ending, left, transfer }: Stay,
): number | null {
  if (transferTimes || ending !== 'assigned') return left;
  return handovers.find((one) => one.transfer === transfer)?.received ?? null;
}

const between = (entered: number | null, left: number | null): Times => ({
  entered,
  left,
  seconds: entered === null || left === null || left - entered <= -1000 ? null : Math.max(0, left - entered) / 1000,
});

/** A row says it. Without one the times of giver and receiver do. */
function findCold(session: ExpectedSession, transfer: Transfer): boolean | null {
  if (session.sight.queueRows) return transfer.cold;
  const received = session.course.handovers.find((one) => one.transfer === transfer)?.received ?? null;
  return received === null ? null : isGiverGone(session, transfer, received);
}

function findExit({ course, over }: ExpectedSession, stay: Stay): VisitExit {
  if (stay.isConnected) return 'answered';
  switch (stay.ending) {
    case null:
      return over ? 'failed' : 'open';
    case 'assigned':
      if (!over) return 'open';
      return course.end?.failReason === 'eu_canceled' ? 'cancelled' : 'failed';
    case 'gave_up':
      return 'abandoned';
    default:
      return stay.ending;
  }
}

function findOrigin(session: ExpectedSession, { transfer }: Stay): VisitOrigin {
  if (transfer) return transfer.fromVirtualAgent ? 'escalation' : 'transfer';
  return session.origin;
}
