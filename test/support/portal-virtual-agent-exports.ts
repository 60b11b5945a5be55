import type { VirtualAgentLeg } from '../../catalog/facts.ts';
import type { ReportWriter } from './portal-habits.ts';
import { listKnown, mean, toDay, writeFlag, writeLength, writeTime } from './portal-text.ts';
import type { TrueCentre } from './true-centre.ts';
import type { TrueSession } from './true-sessions.ts';

interface SessionLeg {
  readonly session: TrueSession;
  readonly leg: VirtualAgentLeg;
}

const list = (
  { sessions }: TrueCentre,
  days: readonly string[],
  habits: Parameters<ReportWriter>[2],
): readonly SessionLeg[] =>
  sessions.flatMap((session) =>
    session.facts.virtual_agent_legs
      .filter(({ started_at }) => days.includes(toDay(started_at, habits)))
      .filter(({ outcome }) => habits.finishedOnly !== true || outcome !== 'open')
      .map((leg) => ({ session, leg })),
  );

/** The last virtual agent of a session that was deflected. */
const isDeflected = ({ session, leg }: SessionLeg): boolean =>
  session.facts.outcome.outcome === 'deflected' && session.facts.virtual_agent_legs.at(-1) === leg;

const describeLeg = (centre: TrueCentre, { leg }: SessionLeg, habits: Parameters<ReportWriter>[2]) => ({
  Queue: centre.nameQueue(leg.queue_id),
  'Virtual Agent ID': leg.virtual_agent_id,
  'Started At': writeTime(leg.started_at, habits),
  'Ended At': writeTime(leg.ended_at, habits),
  'Handle Time': writeLength(leg.seconds),
});

const describeSession = ({ session, leg }: SessionLeg) => ({ 'Interaction ID': leg.leg_id, 'Session ID': session.id });

const writeSummary: ReportWriter = (centre, days, habits) =>
  [...Map.groupBy(list(centre, days, habits), ({ leg }) => leg.queue_id)].map(([queue, group]) => {
    const count = (isOf: (one: SessionLeg) => boolean) => group.filter(isOf).length;
    const left = group.filter(({ leg }) => leg.outcome === 'consumer_ended');
    const average = (legs: readonly SessionLeg[]) => writeLength(mean(listKnown(legs.map(({ leg }) => leg.seconds))));
    return {
      Queue: centre.nameQueue(queue),
      'Total Interactions': group.length,
      'Inbound Interactions': count(({ leg }) => leg.initiated_by === 'consumer'),
      'Transferred Interactions': count(({ leg }) => leg.initiated_by === 'agent'),
      'Abandons by Consumer': left.length,
      'Avg Abandon Time': average(left),
      'Avg Handle Time': average(group),
      Escalations: count(({ leg }) => leg.outcome === 'escalated'),
      Deflections: count(isDeflected),
    };
  });

const writeDetail: ReportWriter = (centre, days, habits) =>
  list(centre, days, habits).map((one) => ({
    ...describeLeg(centre, one, habits),
    'Interaction Outcome': one.leg.outcome,
    Transferred: writeFlag(one.leg.initiated_by === 'agent'),
    ...describeSession(one),
  }));

const writeEscalations: ReportWriter = (centre, days, habits) =>
  list(centre, days, habits)
    .filter((one) => one.leg.outcome === 'escalated' || isDeflected(one))
    .map((one) => ({
      ...describeLeg(centre, one, habits),
      Event: one.leg.outcome === 'escalated' ? 'Escalation' : 'Deflection',
      Reason: one.leg.outcome === 'escalated' ? one.leg.reason : one.session.deflection,
      ...describeSession(one),
    }));

/** The portal's reports about virtual agents. */
export const VIRTUAL_AGENT_EXPORTS: Readonly<Record<string, ReportWriter>> = {
  'virtual-agent-summary': writeSummary,
  'virtual-agent-detail': writeDetail,
  'virtual-agent-escalations': writeEscalations,
};
