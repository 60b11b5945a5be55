import type { Outcome } from '../../catalog/facts.ts';
import { type ReportWriter, readHandle, readTalk, writeHandling, writeTotals } from './portal-habits.ts';
import { sum, toDay, writeFlag, writeLength, writeTime } from './portal-text.ts';
import type { TrueCentre } from './true-centre.ts';

type Habits = Parameters<ReportWriter>[2];

/** Sessions of campaigns, on the day on which they were created. */
const list = ({ sessions }: TrueCentre, days: readonly string[], { scheduledApi, finishedOnly, ...habits }: Habits) =>
  sessions
    .filter(({ type, facts }) => facts.outcome.is_campaign || (scheduledApi && type === 'Voice Scheduled (API)'))
    .filter(({ facts }) => finishedOnly !== true || facts.outcome.outcome !== 'open')
    .filter(({ created }) => days.includes(toDay(created, habits)));

const groupByQueue = (centre: TrueCentre, days: readonly string[], habits: Habits) => [
  ...Map.groupBy(list(centre, days, habits), ({ facts }) => facts.outcome.last_queue_id),
];

const writeDisposition: ReportWriter = (centre, days, habits) =>
  groupByQueue(centre, days, habits).map(([queue, group]) => {
    const count = (outcome: Outcome) => group.filter(({ facts }) => facts.outcome.outcome === outcome).length;
    return {
      Queue: centre.nameQueue(queue),
      'Total Volume': group.length,
      Handled: count('answered'),
      'Abandoned by Contact': count('abandoned_queue'),
      Failed: count('failed'),
      Voicemail: count('voicemail'),
    };
  });

const writeDetail: ReportWriter = (centre, days, habits) =>
  list(centre, days, habits).flatMap(({ id, type, created, ended, facts }) => {
    const { outcome } = facts;
    const describe = { Queue: centre.nameQueue(outcome.last_queue_id) };
    const session = { Transfers: writeFlag(outcome.transfers_done > 0), 'Interaction Type': type };
    if (facts.agent_legs.length === 0)
      return [
        {
          ...describe,
          'Started At': writeTime(created, habits),
          'Ended At': writeTime(ended, habits),
          ...centre.describeAgent(null),
          Outcome: 'Not Reached',
          'Talk Time': null,
          'Hold Time': null,
          'Wrap-up Time': null,
          'Handle Time': null,
          'BCW Time': null,
          ...session,
          'Interaction ID': null,
          'Call ID': id,
        },
      ];
    return facts.agent_legs.map((leg) => ({
      ...describe,
      'Started At': writeTime(leg.started_at, habits),
      'Ended At': writeTime(leg.ended_at, habits),
      ...centre.describeAgent(leg.agent_id),
      Outcome: 'Handled',
      ...writeHandling(leg, habits),
      'BCW Time': writeLength(leg.before_call_seconds),
      ...session,
      'Interaction ID': leg.leg_id,
      'Call ID': id,
    }));
  });

const writeSummary: ReportWriter = (centre, days, habits) =>
  groupByQueue(centre, days, habits).map(([queue, group]) => {
    const legs = group.flatMap(({ facts }) => facts.agent_legs);
    return {
      Queue: centre.nameQueue(queue),
      'Total Volume': group.length,
      Handled: group.filter(({ facts }) => facts.outcome.outcome === 'answered').length,
      ...writeTotals(
        'Talk Time',
        legs.map((leg) => readTalk(leg, habits)),
      ),
      ...writeTotals(
        'Hold Time',
        legs.map((leg) => leg.hold_seconds),
      ),
      ...writeTotals(
        'Wrap-up Time',
        legs.map((leg) => leg.wrap_up_seconds),
      ),
      ...writeTotals(
        'BCW Time',
        legs.map((leg) => leg.before_call_seconds),
      ),
      ...writeTotals(
        'Handle Time',
        legs.map((leg) => readHandle(leg, habits)),
      ),
      Transfers: sum(group.map(({ facts }) => facts.outcome.transfers_done)),
    };
  });

/** The portal's reports about campaigns. */
export const CAMPAIGN_EXPORTS: Readonly<Record<string, ReportWriter>> = {
  'campaign-disposition': writeDisposition,
  'campaign-detailed': writeDetail,
  'campaign-summary': writeSummary,
};
