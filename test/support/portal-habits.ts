import type { AgentLeg, QueueVisit } from '../../catalog/facts.ts';
import { type ExportRow, type ExportStyle, listKnown, mean, sum, sumKnown, toDay, writeLength } from './portal-text.ts';
import type { TrueCentre } from './true-centre.ts';
import type { TrueSession } from './true-sessions.ts';

/** How an export of the portal differs from what happened, as its documentation says. */
export interface ExportHabits extends ExportStyle {
  /** Abandons of less than these seconds are hidden. */
  readonly short?: number;
  /** Sessions count for their last agent only. */
  readonly lastAgentOnly?: true;
  /** Talk has the hold in it. */
  readonly holdInTalk?: true;
  /** Handle time has the hold twice, or lacks the wrap-up. */
  readonly handle?: 'double_hold' | 'hold';
  /** Talk has the before-call work in it. */
  readonly predictive?: true;
  /** Calls of the type Voice Scheduled (API) are of campaigns. */
  readonly scheduledApi?: true;
  /** What is open is not there. */
  readonly finishedOnly?: true;
  /** Statuses last until the end that the log states. */
  readonly pastLogout?: true;
  /** Voicemails are read when they are listened to. */
  readonly listened?: true;
  /** Callers who left in the menu are in the volume. */
  readonly menuAbandons?: true;
  /** Sessions that are open are in the volume. */
  readonly withOpen?: true;
  /** Occupancy is a share of busy and available time. */
  readonly ofTotal?: true;
}

/** Writes the rows of a report for some days, YYYY-MM-DD in the report's zone. */
export type ReportWriter = (centre: TrueCentre, days: readonly string[], habits: ExportHabits) => readonly ExportRow[];

export interface SessionVisit {
  readonly session: TrueSession;
  readonly visit: QueueVisit;
}

export interface SessionLeg {
  readonly session: TrueSession;
  readonly leg: AgentLeg;
}

/** Visits that began on one of the days, without voicemails and hidden abandons. */
export const listVisits = ({ sessions }: TrueCentre, days: readonly string[], habits: ExportHabits): SessionVisit[] =>
  sessions.flatMap((session) =>
    session.facts.queue_visits
      .filter((visit) => isShown(visit, habits) && days.includes(toDay(visit.entered_at, habits)))
      .map((visit) => ({ session, visit })),
  );

const isShown = ({ exit, seconds }: QueueVisit, { short = 0 }: ExportHabits): boolean =>
  exit !== 'voicemail' && !(exit === 'abandoned' && seconds !== null && seconds < short);

/** Legs that began on one of the days. */
export const listLegs = ({ sessions }: TrueCentre, days: readonly string[], habits: ExportHabits): SessionLeg[] =>
  sessions.flatMap((session) =>
    session.facts.agent_legs
      .filter((leg) => isCredited(leg, session, habits) && days.includes(toDay(leg.started_at, habits)))
      .map((leg) => ({ session, leg })),
  );

const isCredited = (
  { agent_id, ended_at }: AgentLeg,
  { facts }: TrueSession,
  { lastAgentOnly, finishedOnly }: ExportHabits,
): boolean =>
  !(lastAgentOnly === true && agent_id !== facts.outcome.last_agent_id) &&
  !(finishedOnly === true && ended_at === null);

/** Talk of a leg in seconds. */
export const readTalk = (leg: AgentLeg, { holdInTalk, predictive }: ExportHabits): number | null => {
  const talk = holdInTalk === true ? leg.seconds : leg.talk_seconds;
  return talk === null ? null : talk + (predictive === true ? (leg.before_call_seconds ?? 0) : 0);
};

/** Handle time of a leg in seconds. */
export function readHandle(leg: AgentLeg, { handle }: ExportHabits): number | null {
  if (handle === 'hold') return leg.seconds;
  if (leg.handle_seconds === null) return null;
  return leg.handle_seconds + (handle === 'double_hold' ? (leg.hold_seconds ?? 0) : 0);
}

/** The columns about the handling of a leg. */
export const writeHandling = (leg: AgentLeg, habits: ExportHabits) => ({
  'Talk Time': writeLength(readTalk(leg, habits)),
  'Hold Time': writeLength(leg.hold_seconds),
  'Wrap-up Time': writeLength(leg.wrap_up_seconds),
  'Handle Time': writeLength(readHandle(leg, habits)),
});

/** Total and average of a time. @param count what the total is divided by */
export function writeTotals(title: string, values: readonly (number | null)[], count = listKnown(values).length) {
  const known = listKnown(values);
  return {
    [`Total ${title}`]: writeLength(sumKnown(known)),
    [`Avg. ${title}`]: known.length === 0 || count === 0 ? null : writeLength(sum(known) / count),
  };
}

/** Rating as a share of the best, for the last agent of a session. */
export const writeRating = (ratings: readonly number[]): string | null => {
  const rating = mean(ratings);
  return rating === null ? null : `${(rating * 20).toFixed(1)}%`;
};

/** Rating of the session if this is its last leg. */
export const readRating = ({ session, leg }: SessionLeg): number | null =>
  leg.leg_no === session.facts.outcome.agent_legs ? session.rating : null;
