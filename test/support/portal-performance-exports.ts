import type { Outcome } from '../../catalog/facts.ts';
import { listStatusTimes } from './portal-activity-exports.ts';
import { type ExportHabits, type ReportWriter, readHandle, readTalk } from './portal-habits.ts';
import { listKnown, max, mean, sum, sumKnown, toDay, writeLength, writeShare } from './portal-text.ts';
import type { TrueCentre } from './true-centre.ts';
import type { TrueSession } from './true-sessions.ts';

/** Outcomes of sessions that are over and count as volume. */
const VOLUME: readonly Outcome[] = ['answered', 'abandoned_queue', 'cancelled', 'failed', 'va_only', 'no_agent'];

/** Sessions that were created on one of the days. */
const list = ({ sessions }: TrueCentre, days: readonly string[], habits: ExportHabits) =>
  sessions.filter((session) => days.includes(toDay(session.created, habits)) && !isHidden(session, habits));

const isHidden = ({ facts }: TrueSession, { short = 0 }: ExportHabits) =>
  facts.outcome.outcome === 'abandoned_queue' && (facts.queue_visits.at(-1)?.seconds ?? short) < short;

const isVolume = ({ facts }: TrueSession, { menuAbandons, withOpen }: ExportHabits) =>
  VOLUME.includes(facts.outcome.outcome) ||
  (menuAbandons === true && facts.outcome.outcome === 'abandoned_menu') ||
  (withOpen === true && facts.outcome.outcome === 'open');

/** Null if there are no values or one is unknown. */
const addKnown = (values: readonly (number | null)[]): number | null =>
  values.includes(null) ? null : sumKnown(listKnown(values));

/** The columns that the three reports share. */
function measure(sessions: readonly TrueSession[], days: readonly string[], habits: ExportHabits) {
  const read = (value: (session: TrueSession) => number | null) => listKnown(sessions.map(value));
  const legs = sessions.flatMap(({ facts }) => facts.agent_legs);
  const handles = read(({ facts }) => addKnown(facts.agent_legs.map((leg) => readHandle(leg, habits))));
  const holds = read(({ facts }) => sumKnown(listKnown(facts.agent_legs.map((leg) => leg.hold_seconds))));
  const waits = read(readWait);
  const wrapUps = listKnown(legs.map(({ wrap_up_seconds }) => wrap_up_seconds));
  const ratings = read(({ rating }) => rating);
  const volume = sessions.filter((session) => isVolume(session, habits)).length;
  const csat = mean(ratings);
  return {
    'Total Volume': volume,
    'Volume per Hour': (volume / (24 * days.length)).toFixed(2),
    'Handle Time': writeLength(mean(handles)),
    'Total Handle Time': writeLength(sumKnown(handles)),
    'Total Active Talk Time': writeLength(sumKnown(listKnown(legs.map((leg) => readTalk(leg, habits))))),
    Hold: writeLength(mean(holds)),
    'Longest Hold': writeLength(max(holds)),
    'Total Hold Time': writeLength(sumKnown(holds)),
    Wait: writeLength(mean(waits)),
    'Longest Wait': writeLength(max(waits)),
    'Longest Segment Time': writeLength(max(listKnown(legs.map(({ seconds }) => seconds)))),
    'Avg. Wrap-up Time': writeLength(mean(wrapUps)),
    'Total Wrap-up Time': writeLength(sumKnown(wrapUps)),
    'Auto Answered': sessions.filter(({ facts }) => facts.agent_legs.some((leg) => leg.auto_answered)).length,
    CSAT: csat === null ? null : csat.toFixed(1),
    'Lowest CSAT': ratings.length === 0 ? null : Math.min(...ratings),
  };
}

/** From the first queue until an agent was connected. */
function readWait({ facts, wait }: TrueSession): number | null {
  if (wait !== undefined) return wait;
  const entered = facts.queue_visits.at(0)?.entered_at;
  const connected = facts.agent_legs.at(0)?.started_at;
  return entered && connected && connected >= entered ? (Date.parse(connected) - Date.parse(entered)) / 1000 : null;
}

const writeAgents: ReportWriter = (centre, days, habits) => {
  const sessions = Map.groupBy(list(centre, days, habits), ({ facts }) => facts.outcome.last_agent_id);
  sessions.delete(null);
  const times = Map.groupBy(listStatusTimes(centre, days, habits), ({ agent }) => agent);
  const agents = new Set([...listKnown([...sessions.keys()]), ...times.keys()]);
  const isCall = centre.channel === 'call';
  return [...agents].map((agent) => {
    const own = times.get(agent) ?? [];
    const add = (...ids: readonly number[]) =>
      sum(own.filter(({ status }) => ids.includes(status)).map(({ seconds }) => seconds));
    const busy = add(-6, -7, -8);
    const missed = centre.events.filter(
      ({ agent_id, at, activity, call_id, chat_id }) =>
        agent_id === agent &&
        days.includes(toDay(at, habits)) &&
        (isCall ? call_id : chat_id) !== null &&
        /^deltacast.*missed$/.test(activity),
    );
    return {
      ...centre.describeAgent(agent),
      Occupancy: writeShare(busy, add(0) + (habits.ofTotal === true ? busy : 0)),
      ...measure(sessions.get(agent) ?? [], days, habits),
      'Wrap-up Status Time': writeLength(add(-6)),
      'Total Available Time': writeLength(add(0)),
      'In-call Time': writeLength(add(-7)),
      'In-chat Time': writeLength(add(-8)),
      'Deltacast Missed': missed.length,
      'Missed Call Status Count': own.filter(({ status }) => status === -5).length,
    };
  });
};

const countVoicemails = (sessions: readonly TrueSession[], { listened }: ExportHabits) => {
  const voicemails = sessions.filter(({ facts }) => facts.outcome.outcome === 'voicemail');
  return {
    'Voicemail Received': voicemails.length,
    'Voicemail Read': voicemails.filter(({ facts, isAssigned }) =>
      listened === true ? facts.outcome.is_voicemail_read : isAssigned,
    ).length,
  };
};

/** Seconds below which a caller is answered in time. */
const TARGET = 20;

const writeQueues: ReportWriter = (centre, days, habits) => {
  const sessions = Map.groupBy(list(centre, days, habits), ({ facts }) => facts.outcome.last_queue_id);
  sessions.delete(null);
  return [...sessions].map(([queue, group]) => {
    const read = (outcome: Outcome) =>
      group
        .filter(({ facts }) => facts.outcome.outcome === outcome)
        .map(({ facts }) => facts.queue_visits.at(0)?.seconds ?? null);
    const answered = listKnown(read('answered'));
    const quick = answered.filter((seconds) => seconds < TARGET);
    return {
      Queue: centre.nameQueue(queue),
      'Service Level': writeShare(quick.length, answered.length + read('abandoned_queue').length),
      ...measure(group, days, habits),
      'Repeat Contact': countRepeats(group),
      ...countVoicemails(group, habits),
    };
  });
};

/** Inbound, answered sessions that the same end user followed by another one within a day. */
function countRepeats(sessions: readonly TrueSession[]): number {
  const users = Map.groupBy(
    sessions.toSorted((a, b) => Date.parse(a.created) - Date.parse(b.created) || a.id - b.id),
    ({ endUser }) => endUser,
  );
  users.delete(null);
  return sum(
    [...users.values()].map(
      (own) =>
        own.filter(({ facts, created }, index) => {
          const next = own[index + 1]?.created;
          const { outcome, direction } = facts.outcome;
          const isRepeated = next !== undefined && Date.parse(next) - Date.parse(created) < 86_400_000;
          return outcome === 'answered' && direction === 'inbound' && isRepeated;
        }).length,
    ),
  );
}

const writeTypes: ReportWriter = (centre, days, habits) => {
  const all = list(centre, days, habits);
  const count = (sessions: readonly TrueSession[]) => sessions.filter((one) => isVolume(one, habits)).length;
  return [...Map.groupBy(all, ({ type }) => type)].map(([type, group]) => {
    const countOutcome = (outcome: Outcome) => group.filter(({ facts }) => facts.outcome.outcome === outcome).length;
    return {
      Type: type,
      Share: writeShare(count(group), count(all)),
      ...measure(group, days, habits),
      Abandoned: countOutcome('abandoned_queue'),
      Failed: countOutcome('failed'),
      ...countVoicemails(group, habits),
    };
  });
};

/** The portal's Performance Metrics. */
export const PERFORMANCE_EXPORTS: Readonly<Record<string, ReportWriter>> = {
  'performance-agents': writeAgents,
  'performance-queues': writeQueues,
  'performance-types': writeTypes,
};
