import {
  listLegs,
  type ReportWriter,
  readHandle,
  readRating,
  readTalk,
  writeHandling,
  writeRating,
  writeTotals,
} from './portal-habits.ts';
import { listKnown, sum, toDay, writeFlag, writeLength, writeTime } from './portal-text.ts';
import { countTransfers } from './true-centre.ts';

const writeDetail: ReportWriter = (centre, days, habits) =>
  listLegs(centre, days, habits).map(({ session, leg }) => ({
    ...centre.describeAgent(leg.agent_id),
    Event: (leg.wrap_up_seconds ?? 0) > 0 ? 'ACW Ended' : 'Call Ended',
    Queue: centre.nameQueue(leg.queue_id),
    Lang: leg.queue_id === null ? null : session.lang,
    'Started At': writeTime(leg.started_at, habits),
    'Ended At': writeTime(leg.ended_at, habits),
    'Agent Connection Time': writeLength(leg.connection_seconds),
    ...writeHandling(leg, habits),
    'Agent Transfers': writeFlag(countTransfers(session, leg) > 0),
    'Interaction Type': session.type,
    'CSAT %': writeRating(listKnown([readRating({ session, leg })])),
    'Interaction ID': leg.leg_id,
    'Call ID': session.id,
  }));

const writeSummary: ReportWriter = (centre, days, habits) => {
  const isCall = centre.channel === 'call';
  const legs = Map.groupBy(listLegs(centre, days, habits), ({ leg }) => leg.agent_id ?? 0);
  const events = Map.groupBy(
    centre.events.filter(
      ({ at, call_id, chat_id }) => days.includes(toDay(at, habits)) && (isCall ? call_id : chat_id) !== null,
    ),
    ({ agent_id }) => agent_id,
  );
  return [...new Set([...legs.keys(), ...events.keys()])].map((agent) => {
    const group = legs.get(agent) ?? [];
    const activities = (events.get(agent) ?? []).map(({ activity }) => activity);
    const missed = activities.filter((activity) => activity.endsWith('missed'));
    const channel = isCall ? 'Calls' : 'Chats';
    const holds = group.map(({ leg }) => leg.hold_seconds);
    return {
      ...centre.describeAgent(agent),
      'Work Offered': activities.filter((activity) => activity.endsWith('notification_offered')).length,
      [`Handled ${channel}`]: group.length.toLocaleString('en'),
      [`Missed ${channel}`]: missed.length,
      'Total Deltacast Missed': missed.filter((activity) => activity.startsWith('deltacast')).length,
      'Total Auto Answered Calls': group.filter(({ leg }) => leg.auto_answered === true).length,
      ...writeTotals(
        'Agent Connection Time',
        group.map(({ leg }) => leg.connection_seconds),
      ),
      ...writeTotals(
        'Talk Time',
        group.map(({ leg }) => readTalk(leg, habits)),
      ),
      ...writeTotals('Hold Time', holds, listKnown(holds).filter((hold) => hold > 0).length),
      ...writeTotals(
        'Wrap-up Time',
        group.map(({ leg }) => leg.wrap_up_seconds),
      ),
      ...writeTotals(
        'Handle Time',
        group.map(({ leg }) => readHandle(leg, habits)),
      ),
      'Agent Transfers': sum(group.map(({ session, leg }) => countTransfers(session, leg))),
      'CSAT %': writeRating(listKnown(group.map(readRating))),
    };
  });
};

/** The portal's reports about the interactions of agents. */
export const AGENT_EXPORTS: Readonly<Record<string, ReportWriter>> = {
  'agent-interactions': writeDetail,
  'agent-interaction-summary': writeSummary,
};
