import type { AgentLeg } from '../catalog/facts.ts';
import { roundToSeconds } from './time.ts';
import type { Attendance, Course, Stay } from './truth-course.ts';
import { type ExpectedSession, nameStay, toPath, toText } from './truth-session.ts';
import { isGiverGone } from './truth-transfers.ts';
import { readStay } from './truth-visits.ts';

/** The times of one agent in a conversation without a transfer between them: one leg. */
export interface Leg {
  readonly first: Attendance;
  readonly rows: readonly Attendance[];
}

/** The legs in order of their start. An agent whose line dropped and who returns continues the leg. */
export function listLegs({ course, sight }: ExpectedSession): readonly Leg[] {
  if (!sight.handleRows && !sight.participants) return [];
  const legs: { first: Attendance; rows: Attendance[] }[] = [];
  const attendances = sight.handleRows ? course.attendances : course.attendances.toSorted(byArrival);
  for (const one of attendances) {
    if (one.party.type !== 'agent') continue;
    const known = legs.findLast((leg) => leg.first.party.agent === one.party.agent);
    if (known && one.transfer === null) known.rows.push(one);
    else legs.push({ first: one, rows: [one] });
  }
  return legs;
}

/** Without rows, agents who came in at the same moment are in order of their ids. */
const byArrival = (a: Attendance, b: Attendance) =>
  a.from - b.from || (a.party.agent?.id ?? 0) - (b.party.agent?.id ?? 0);

/** The agent legs that a record is expected to give. */
export function expectLegs(session: ExpectedSession): readonly AgentLeg[] {
  return listLegs(session).map((leg, index) => expectLeg(session, leg, index));
}

function expectLeg(session: ExpectedSession, { first, rows }: Leg, index: number): AgentLeg {
  const { course, sight } = session;
  const isArray = sight.handleRows;
  const ended = rows.at(-1)?.to ?? (session.over ? (course.end?.at ?? null) : null);
  const isOpenRow = (row: Attendance) => !isArray && row.party.id === sight.openRow;
  const seconds = ended === null ? null : sum(rows, (row) => (row.to ?? ended) - row.from, isOpenRow);
  // A participant's hold is known when it has left.
  const held = isArray ? rows : rows.filter((row) => (row.to !== null || ended !== null) && !isOpenRow(row));
  const hold =
    sight.channel === 'call' && held.length > 0
      ? sum(
          held,
          (row) => row.held,
          () => false,
        )
      : null;
  const wrapUp = isArray ? sumWrapUps(session, rows) : null;
  const beforeCall = measureBeforeCall(session, index);
  const visitNo = first.stay ? course.stays.indexOf(first.stay) + 1 : null;
  const { transfer } = first;
  const stay = first.stay && (isArray ? first.stay : readStay(session, first.stay));
  return {
    leg_no: index + 1,
    leg_id: isArray ? first.party.id : null,
    agent_id: first.party.agent?.id ?? null,
    queue_id: stay?.menu.id ?? null,
    queue_path: stay ? toPath(stay.menu) : null,
    queue_name: stay ? nameQueue(session, stay) : null,
    visit_no: visitNo,
    started_at: toText(first.from),
    ended_at: toText(ended),
    connection_seconds: measureConnection(session, first, index),
    seconds,
    hold_seconds: hold,
    // Chats have no hold. Where the API leaves a call's hold out, it is not subtracted.
    talk_seconds: seconds === null ? null : seconds - (hold ?? 0),
    wrap_up_seconds: wrapUp,
    before_call_seconds: beforeCall,
    handle_seconds: seconds === null || wrapUp === null ? null : seconds + wrapUp + (beforeCall ?? 0),
    via_transfer: transfer !== null,
    cold: transfer ? isGiverGone(session, transfer, first.from) : null,
    transfer_id: transfer?.id ?? null,
    direction: session.direction,
    auto_answered: index === 0 ? session.isAutoAnswered : null,
    source: isArray ? 'array' : 'derived',
  };
}

/** A row whose queue is not that of the session any more has no name for it. */
function nameQueue(session: ExpectedSession, stay: Stay): string | null {
  return readStay(session, stay).menu === stay.menu ? nameStay(stay, session) : null;
}

/** The API rounds each row to whole seconds. A row that it leaves open has times only. */
const sum = (
  rows: readonly Attendance[],
  measure: (row: Attendance) => number,
  isOpenRow: (row: Attendance) => boolean,
): number =>
  rows.reduce((total, row) => total + (isOpenRow(row) ? measure(row) / 1000 : roundToSeconds(measure(row))), 0);

/** Wrap-up that an agent adds later belongs to the last leg of the agent until then: its row names no other. */
function sumWrapUps({ course }: ExpectedSession, rows: readonly Attendance[]): number {
  const findLast = ({ party, at, milliseconds }: Course['wrapUps'][number]) =>
    course.attendances.findLast((one) => one.party.agent === party.agent && one.from <= at - milliseconds)?.party;
  const own = course.wrapUps.filter((wrapUp) => {
    const owner = wrapUp.recordId === undefined ? wrapUp.party : findLast(wrapUp);
    return rows.some((row) => row.party === owner);
  });
  return own.reduce((total, { milliseconds }) => total + roundToSeconds(milliseconds), 0);
}

function measureBeforeCall({ sight, isCampaign, course, beforeCall }: ExpectedSession, index: number): number | null {
  if (sight.channel === 'chat') return null;
  if (sight.handleRows) return index === 0 ? roundToSeconds(beforeCall) : 0;
  return isCampaign && index === 0 && sight.assignedAt && course.assigned !== null && course.connected !== null
    ? (course.connected - course.assigned) / 1000
    : null;
}

/** The first leg is assigned with the session, a later one with its transfer. */
function measureConnection({ course, sight }: ExpectedSession, first: Attendance, index: number): number | null {
  const handover = course.handovers.find((one) => one.transfer === first.transfer);
  const offered = handover
    ? sight.transferTimes
      ? handover.assigned
      : null
    : index === 0 && sight.assignedAt
      ? course.assigned
      : null;
  return offered === null ? null : (first.from - offered) / 1000;
}
