import type { ExportHabits, ReportWriter } from './portal-habits.ts';
import { type ExportStyle, sum, toDay, writeLength, writeTime } from './portal-text.ts';
import type { TrueCentre, TrueStatus } from './true-centre.ts';

/** Headers of the statuses with fixed ids. */
const TITLES = new Map([
  [0, 'Available'],
  [-1, 'Unavailable'],
  [-2, 'Break'],
  [-3, 'Special Task'],
  [-4, 'Meal'],
  [-5, 'Missed Call'],
  [-6, 'Wrap-up'],
  [-7, 'In-call'],
  [-8, 'In-chat'],
  [-10, 'Offline'],
]);
const OFFLINE = -10;

/** A time that an agent was in a status. */
export interface StatusTime {
  readonly agent: number;
  readonly status: number;
  readonly seconds: number;
}

/** The part of each status that is on one of the days. */
export function listStatusTimes(centre: TrueCentre, days: readonly string[], habits: ExportHabits): StatusTime[] {
  const [from, to] = findPeriod(days, habits);
  return centre.statuses.flatMap((status) => {
    const started = Date.parse(String(status.started_at));
    const ended = readEnd(status, habits) ?? new Date(centre.at).toISOString();
    const milliseconds = Math.min(Date.parse(ended), to) - Math.max(started, from);
    return milliseconds > 0 ? [{ agent: status.agent_id, status: status.status_id, seconds: milliseconds / 1000 }] : [];
  });
}

/** Instants at which the first of the days begins and the last ends. */
function findPeriod(days: readonly string[], { offset = 0 }: ExportStyle): readonly [number, number] {
  const midnight = (day: string | undefined) => Date.parse(`${day}T00:00:00Z`) - offset * 60_000;
  return [midnight(days[0]), midnight(days.at(-1)) + 86_400_000];
}

const readEnd = ({ ended_at, stated }: TrueStatus, { pastLogout }: ExportHabits) =>
  pastLogout === true ? (stated ?? ended_at) : ended_at;

const writeSummary: ReportWriter = (centre, days, habits) => {
  const times = Map.groupBy(listStatusTimes(centre, days, habits), ({ agent }) => agent);
  const events = Map.groupBy(
    centre.events.filter(({ at }) => days.includes(toDay(at, habits))),
    ({ agent_id }) => agent_id,
  );
  return [...new Set([...times.keys(), ...events.keys()])].map((agent) => {
    const own = times.get(agent) ?? [];
    const add = (isOf: (status: number) => boolean) =>
      writeLength(sum(own.filter(({ status }) => isOf(status)).map(({ seconds }) => seconds)));
    const count = (channel: 'call_id' | 'chat_id', ending: string) =>
      (events.get(agent) ?? []).filter((event) => event[channel] !== null && event.activity.endsWith(ending)).length;
    return {
      ...centre.describeAgent(agent),
      'Login Time': add((status) => status !== OFFLINE),
      ...Object.fromEntries([...TITLES].map(([id, title]) => [title, add((status) => status === id)])),
      'Calls Offered': count('call_id', 'notification_offered'),
      'Calls Attempted': count('call_id', 'pick_up_attempt'),
      'Calls Picked Up': count('call_id', 'picked_up'),
      'Calls Missed': count('call_id', 'missed'),
      'Calls Dialed': count('call_id', 'outbound_dialing'),
      'Chats Offered': count('chat_id', 'notification_offered'),
      'Chats Attempted': count('chat_id', 'pick_up_attempt'),
      'Chats Picked Up': count('chat_id', 'picked_up'),
      'Chats Missed': count('chat_id', 'missed'),
      'Wrap-up Exceeded': add((status) => status === -11),
    };
  });
};

const writeTimeline: ReportWriter = (centre, days, habits) => {
  const statuses = centre.statuses
    .filter((status) => habits.finishedOnly !== true || status.ended_at !== null)
    .map((status) => {
      const ended = readEnd(status, habits);
      const seconds = ended === null ? null : (Date.parse(ended) - Date.parse(String(status.started_at))) / 1000;
      return { ...status, activity: status.name, ended, seconds };
    });
  const events = centre.events.map((event) => ({ ...event, started_at: event.at, ended: null, seconds: null }));
  return [...statuses, ...events]
    .filter(({ started_at }) => days.includes(toDay(started_at, habits)))
    .map(({ agent_id, activity, started_at, ended, seconds, call_id, chat_id }) => ({
      ...centre.describeAgent(agent_id),
      Activity: activity,
      'Started At': writeTime(started_at, habits),
      'Ended At': writeTime(ended, habits),
      Duration: writeLength(seconds),
      'Call ID': call_id,
      'Chat ID': chat_id,
    }));
};

/** The portal's reports about the activity of agents. */
export const ACTIVITY_EXPORTS: Readonly<Record<string, ReportWriter>> = {
  'agent-activity-summary': writeSummary,
  'agent-activity-timeline': writeTimeline,
};
