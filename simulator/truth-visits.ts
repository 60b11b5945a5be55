import type { QueueVisit, VisitExit, VisitOrigin } from '../catalog/facts.ts';
import { roundToSeconds } from './time.ts';
import type { Stay } from './truth-course.ts';
import { type ExpectedSession, toPath, toText } from './truth-session.ts';

/** The queue visits that a record is expected to give. */
export function expectVisits(session: ExpectedSession): readonly QueueVisit[] {
  return session.course.stays.map((stay, index) => expectVisit(session, stay, index));
}

function expectVisit(session: ExpectedSession, stay: Stay, index: number): QueueVisit {
  const { sight, id } = session;
  const exit = findExit(session, stay);
  const { entered, left, seconds } = sight.queueRows ? readRow(stay) : deriveTimes(session, stay, index);
  const { transfer } = stay;
  return {
    visit_no: index + 1,
    is_first: index === 0,
    visit_id: sight.queueRows ? id * 10 + index : null,
    queue_id: stay.menu.id,
    queue_path: toPath(stay.menu),
    queue_name: session.nameQueue(stay.menu),
    lang: sight.queueRows ? 'en' : null,
    entered_at: toText(entered),
    left_at: toText(left),
    seconds: left === null ? null : seconds,
    agent_id: stay.agent?.id ?? null,
    exit,
    origin: findOrigin(session, stay),
    cold: transfer && (sight.queueRows ? transfer.cold : isReceived(session, stay) ? transfer.cold : null),
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

/** A visit without a row: its times come from the session for the first visit, from the transfer for a later one. */
function deriveTimes({ course, sight }: ExpectedSession, stay: Stay, index: number): Times {
  const left = index === 0 && !sight.assignedAt && stay.ending === 'assigned' ? course.connected : stay.left;
  if (index > 0) return between(stay.entered, left);
  if (sight.queuedAt) return between(course.queued, left);
  const waited = left === null ? null : roundToSeconds(left - stay.entered);
  return { entered: left === null || waited === null ? null : left - waited * 1000, left, seconds: waited };
}

const between = (entered: number | null, left: number | null): Times => ({
  entered,
  left,
  seconds: entered === null || left === null ? null : Math.max(0, left - entered) / 1000,
});

const isReceived = ({ course }: ExpectedSession, { transfer }: Stay) =>
  course.handovers.some((one) => one.transfer === transfer && one.received !== null);

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
