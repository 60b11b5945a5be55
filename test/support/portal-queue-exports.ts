import {
  type ExportHabits,
  listLegs,
  listVisits,
  type ReportWriter,
  readHandle,
  readRating,
  readTalk,
  type SessionLeg,
  type SessionVisit,
  writeHandling,
  writeRating,
} from './portal-habits.ts';
import { listKnown, max, mean, toDay, writeFlag, writeLength, writeShare, writeTime } from './portal-text.ts';
import type { TrueCentre } from './true-centre.ts';

const writeQueued: ReportWriter = (centre, days, habits) =>
  listVisits(centre, days, habits).map(({ session, visit }) => ({
    Queue: centre.nameQueue(visit.queue_id),
    'Started At': writeTime(visit.entered_at, habits),
    'Ended At': writeTime(visit.left_at, habits),
    'Queue Time': writeLength(visit.seconds),
    ...centre.describeAgent(visit.agent_id),
    Lang: visit.source === 'derived' ? session.lang : visit.lang,
    Transfer: visit.origin === 'transfer' || visit.origin === 'escalation' ? 1 : 0,
    'Service Level Event In SLA': visit.service_level_event === 'in_sla' ? 1 : 0,
    'Service Level Event Not in SLA': visit.service_level_event === 'not_in_sla' ? 1 : 0,
    'Service Level Event Excluded': visit.service_level_event === null ? 1 : 0,
    'Service Level Target Time': '00:00:20',
    'Interaction Type': session.type.includes('IVR') ? 'IVR Call' : 'Incoming Call',
    'Cold Transfer': visit.cold === true ? 1 : 0,
    'Event Status': visit.exit === 'answered' ? 'Queue Ended' : 'Queue Abandoned',
    'Interaction ID': visit.visit_id,
    'Call ID': session.id,
  }));

const writeHandled: ReportWriter = (centre, days, habits) =>
  listLegs(centre, days, habits)
    .filter(({ leg }) => leg.queue_id !== null)
    .map(({ session, leg }) => ({
      Queue: centre.nameQueue(leg.queue_id),
      'Started At': writeTime(leg.started_at, habits),
      'Ended At': writeTime(leg.ended_at, habits),
      ...centre.describeAgent(leg.agent_id),
      Lang: session.lang,
      Transfer: writeFlag(leg.via_transfer),
      'Cold Transfer': writeFlag(leg.cold === true),
      Inbound: writeFlag(leg.direction === 'inbound'),
      ...writeHandling(leg, habits),
      'Scheduled At': writeTime(session.scheduled, habits),
      'Event Status': (leg.wrap_up_seconds ?? 0) > 0 ? 'ACW Ended' : 'Call Finished',
      'Interaction ID': leg.leg_id,
      'Call ID': session.id,
    }));

/** One row for each queue and day of the entry; legs are on the day on which they began. */
const createSummary =
  (entries: string, isCounted: (one: SessionVisit) => boolean, isHandled: (one: SessionLeg) => boolean): ReportWriter =>
  (centre, days, habits) => {
    const { short, ...open } = habits;
    const visits = listVisits(centre, days, open).filter((one) => one.visit.queue_id !== null && isCounted(one));
    const legs = listLegs(centre, days, habits).filter((one) => one.leg.queue_id !== null && isHandled(one));
    const nameVisit = ({ visit }: SessionVisit) => `${toDay(visit.entered_at, habits)} ${visit.queue_id}`;
    const nameLeg = ({ leg }: SessionLeg) => `${toDay(leg.started_at, habits)} ${leg.queue_id}`;
    const keys = new Set([...visits.map(nameVisit), ...legs.map(nameLeg)]);
    return [...keys].flatMap((key) => {
      const all = visits.filter((one) => nameVisit(one) === key).map(({ visit }) => visit);
      const hidden = all.filter(({ exit, seconds }) => exit === 'abandoned' && (seconds ?? 0) < (short ?? 0));
      const group = all.filter((visit) => !hidden.includes(visit));
      const handled = legs.filter((one) => nameLeg(one) === key);
      return group.length + handled.length === 0
        ? []
        : [{ ...nameRow(key, centre), [entries]: group.length, ...summarise(group, hidden.length, handled, habits) }];
    });
  };

function nameRow(key: string, centre: TrueCentre) {
  const [date = '', queue = ''] = key.split(' ');
  return {
    Date: `${date.slice(5, 7)}/${date.slice(8)}/${date.slice(0, 4)}`,
    Queue: centre.nameQueue(Number(queue)),
  };
}

function summarise(
  visits: readonly SessionVisit['visit'][],
  hidden: number,
  legs: readonly SessionLeg[],
  habits: ExportHabits,
) {
  const abandons = visits.filter(({ exit }) => exit === 'abandoned');
  const waits = listKnown(visits.map(({ exit, seconds }) => (exit === 'answered' ? seconds : null)));
  const judged = visits.filter(({ service_level_event }) => service_level_event !== null);
  const quick = judged.filter(({ service_level_event }) => service_level_event === 'in_sla');
  const holds = listKnown(legs.map(({ leg }) => leg.hold_seconds)).filter((hold) => hold > 0);
  const wrapUps = listKnown(legs.map(({ leg }) => leg.wrap_up_seconds));
  return {
    'Queue Abandons': abandons.length,
    'Avg Queue Abandon Time': writeLength(mean(listKnown(abandons.map(({ seconds }) => seconds)))),
    'Queue Abandon Rate %': writeShare(abandons.length, visits.length),
    'Short Abandons': hidden,
    'Long Abandons': abandons.length,
    'Avg Speed of Answer': writeLength(mean(waits)),
    'Max Speed to Answer': writeLength(max(waits)),
    'SLA %': writeShare(quick.length, judged.length),
    Handled: legs.length,
    'Avg Talk Time': writeLength(mean(listKnown(legs.map(({ leg }) => readTalk(leg, habits))))),
    'Avg Hold Time': writeLength(mean(holds)),
    'Avg Wrap Up Time': writeLength(mean(wrapUps)),
    'Avg Handle Time': writeLength(mean(listKnown(legs.map(({ leg }) => readHandle(leg, habits))))),
    'Failed Calls': visits.filter(({ exit }) => exit === 'failed').length,
    'Avg CSAT Score': writeRating(listKnown(legs.map(readRating))),
  };
}

/** One row for each session that reached voicemail. Its time is in UTC, unless a habit says otherwise. */
const writeVoicemails: ReportWriter = (centre, days, habits) =>
  centre.sessions.flatMap(({ id, facts, created, isAssigned }) => {
    const { outcome } = facts;
    const visit = facts.queue_visits.findLast(({ exit }) => exit === 'voicemail');
    const started = visit?.left_at ?? created;
    if (!outcome.is_voicemail || !days.includes(toDay(started, {}))) return [];
    return [
      {
        Queue: centre.nameQueue(visit?.queue_id ?? outcome.last_queue_id),
        ...centre.describeAgent(outcome.last_agent_id),
        'Started At': writeTime(started, habits),
        'Deflected After Transfer': writeFlag(visit !== undefined && !visit.is_first),
        Received: writeFlag(true),
        Read: writeFlag(habits.listened === true ? outcome.is_voicemail_read : isAssigned),
        'Call ID': id,
      },
    ];
  });

/** The portal's reports about queues and voicemails. */
export const QUEUE_EXPORTS: Readonly<Record<string, ReportWriter>> = {
  'queued-interactions': writeQueued,
  'handled-interactions': writeHandled,
  'queue-summary-all': createSummary(
    'Queue Interactions',
    () => true,
    () => true,
  ),
  'queue-summary-distinct': createSummary(
    'Queue Entries',
    ({ visit }) => visit.is_first,
    ({ leg }) => leg.visit_no === 1,
  ),
  'voicemail-details': writeVoicemails,
};
