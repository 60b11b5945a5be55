import type { AgentLeg, QueueVisit, SessionFacts } from '../../catalog/facts.ts';
import type { SessionStage } from '../../simulator/stages.ts';
import type { Records } from './simulated-lake.ts';

/** A session of the simulation as it really was. */
export interface TrueSession {
  readonly id: number;
  readonly lang: string;
  readonly type: string;
  readonly facts: SessionFacts;
}

/** How an export of the portal differs from what happened, as its documentation says. */
export interface ExportHabits {
  /** Minutes by which the report's zone is ahead of UTC. */
  readonly offset?: number;
  /** Abandons of less than these seconds are hidden. */
  readonly short?: number;
  /** Sessions count for their last agent only. */
  readonly lastAgentOnly?: true;
  /** Talk has the hold in it. */
  readonly holdInTalk?: true;
  readonly delimiter?: string;
  readonly bom?: true;
  /** Other headers by the portal's. */
  readonly headers?: Readonly<Record<string, string>>;
}

type Cells = Readonly<Record<string, string | number | null>>;

/** Lists the sessions of a simulation as they were at a virtual time, from its own events. */
export function listTrueSessions(stages: Iterable<SessionStage>, at: number): TrueSession[] {
  const newest = new Map<number, TrueSession>();
  for (const { at: moment, record, facts } of stages) {
    if (moment > at) continue;
    const id = Number(record.id);
    newest.set(id, { id, lang: String(record.lang), type: String(record.session_type_v2 ?? record.chat_type), facts });
  }
  return [...newest.values()];
}

/** Writes reports as the portal exports them, from what happened in the simulation. */
export class PortalExport {
  readonly #sessions: readonly TrueSession[];
  readonly #queues: ReadonlyMap<number, string>;
  readonly #agents: ReadonlyMap<number, { readonly name: string; readonly email: string }>;

  constructor(sessions: readonly TrueSession[], records: Records) {
    this.#sessions = sessions;
    const menus = new Map((records.get('menu') ?? []).map((menu) => [Number(menu.id), menu]));
    const pathOf = (id: number): string => {
      const { name, parent_id } = menus.get(id) ?? {};
      return parent_id === null || parent_id === undefined ? String(name) : `${pathOf(Number(parent_id))}/${name}`;
    };
    this.#queues = new Map([...menus.keys()].map((id) => [id, pathOf(id)]));
    this.#agents = new Map(
      (records.get('agent') ?? []).map(({ id, first_name, last_name, email }) => [
        Number(id),
        { name: `${first_name} ${last_name}`, email: String(email) },
      ]),
    );
  }

  /** All Queued Interactions of some days (YYYY-MM-DD of the report's zone), without voicemails. */
  writeQueued(days: readonly string[], habits: ExportHabits = {}): string {
    const rows = this.#listVisits(days, habits).map(({ session, visit }) => ({
      Queue: this.#queues.get(visit.queue_id ?? 0) ?? null,
      'Started At': writeTime(visit.entered_at, habits),
      'Ended At': writeTime(visit.left_at, habits),
      'Queue Time': writeLength(visit.seconds),
      ...this.#describeAgent(visit.agent_id),
      Lang: visit.source === 'derived' ? session.lang : visit.lang,
      Transfer: visit.origin === 'transfer' || visit.origin === 'escalation' ? 1 : 0,
      'Service Level Event In SLA': visit.service_level_event === 'in_sla' ? 1 : 0,
      'Service Level Event Not in SLA': visit.service_level_event === 'not_in_sla' ? 1 : 0,
      'Service Level Target Time': '00:00:20',
      'Interaction Type': session.type.includes('IVR') ? 'IVR Call' : 'Incoming Call',
      'Event Status': visit.exit === 'answered' ? 'Queue Ended' : 'Queue Abandoned',
      'Interaction ID': visit.visit_id,
      'Call ID': session.id,
    }));
    return writeCsv(rows, habits);
  }

  /** All Handled Interactions of some days. */
  writeHandled(days: readonly string[], habits: ExportHabits = {}): string {
    const rows = this.#listLegs(days, habits)
      .filter(({ leg }) => leg.queue_id !== null)
      .map(({ session, leg }) => ({
        Queue: this.#queues.get(leg.queue_id ?? 0) ?? null,
        'Started At': writeTime(leg.started_at, habits),
        'Ended At': writeTime(leg.ended_at, habits),
        ...this.#describeAgent(leg.agent_id),
        Lang: session.lang,
        'Cold Transfer': leg.cold === true ? 'Yes' : 'No',
        Inbound: leg.direction === 'inbound' ? 'Yes' : 'No',
        'Talk Time': writeLength(habits.holdInTalk === true ? leg.seconds : leg.talk_seconds),
        'Hold Time': writeLength(leg.hold_seconds),
        'Wrap-up Time': writeLength(leg.wrap_up_seconds),
        'Handle Time': writeLength(leg.handle_seconds),
        'Interaction ID': leg.leg_id,
        'Call ID': session.id,
      }));
    return writeCsv(rows, habits);
  }

  /** Queue Summary - All Interactions of some days. */
  writeQueueSummary(days: readonly string[], habits: ExportHabits = {}): string {
    const visits = Map.groupBy(
      this.#listVisits(days, habits).filter(({ visit }) => visit.queue_id !== null),
      ({ visit }) => `${toDay(visit.entered_at, habits)} ${visit.queue_id}`,
    );
    const rows = [...visits].map(([key, group]) => {
      const [date = '', queue = ''] = key.split(' ');
      const abandons = group.filter(({ visit }) => visit.exit === 'abandoned');
      const waits = group.flatMap(({ visit }) =>
        visit.exit === 'answered' && visit.seconds !== null ? [visit.seconds] : [],
      );
      const judged = group.filter(({ visit }) => visit.service_level_event !== null);
      const quick = judged.filter(({ visit }) => visit.service_level_event === 'in_sla');
      return {
        Date: `${date.slice(5, 7)}/${date.slice(8)}/${date.slice(0, 4)}`,
        Queue: this.#queues.get(Number(queue)) ?? null,
        'Queue Interactions': group.length,
        'Queue Abandons': abandons.length,
        'Queue Abandon Rate %': `${((100 * abandons.length) / group.length).toFixed(1)}%`,
        'Avg Speed of Answer': waits.length === 0 ? null : writeLength(mean(waits)),
        'Max Speed to Answer': waits.length === 0 ? null : writeLength(Math.max(...waits)),
        'SLA %': judged.length === 0 ? null : `${((100 * quick.length) / judged.length).toFixed(1)}%`,
      };
    });
    return writeCsv(rows, habits);
  }

  /** Interaction Summary by Agent of some days. */
  writeAgentSummary(days: readonly string[], habits: ExportHabits = {}): string {
    const legs = Map.groupBy(this.#listLegs(days, habits), ({ leg }) => leg.agent_id ?? 0);
    const rows = [...legs].map(([agent, group]) => {
      const talks = group.flatMap(({ leg }) => (leg.talk_seconds === null ? [] : [leg.talk_seconds]));
      return {
        ...this.#describeAgent(agent),
        'Handled Calls': group.length.toLocaleString('en'),
        'Total Talk Time': writeLength(sum(talks)),
        'Average Talk Time': talks.length === 0 ? null : writeLength(mean(talks)),
      };
    });
    return writeCsv(rows, habits);
  }

  #listVisits(days: readonly string[], habits: ExportHabits) {
    return this.#sessions.flatMap((session) =>
      session.facts.queue_visits
        .filter((visit) => isShown(visit, habits) && days.includes(toDay(visit.entered_at, habits)))
        .map((visit) => ({ session, visit })),
    );
  }

  #listLegs(days: readonly string[], habits: ExportHabits) {
    return this.#sessions.flatMap((session) =>
      session.facts.agent_legs
        .filter((leg) => isCredited(leg, session, habits) && days.includes(toDay(leg.started_at, habits)))
        .map((leg) => ({ session, leg })),
    );
  }

  #describeAgent(id: number | null) {
    const agent = this.#agents.get(id ?? 0);
    return { 'Agent Name': agent?.name ?? null, 'Agent ID': id, 'Agent Email': agent?.email ?? null };
  }
}

const isShown = ({ exit, seconds }: QueueVisit, { short = 0 }: ExportHabits): boolean =>
  exit !== 'voicemail' && !(exit === 'abandoned' && seconds !== null && seconds < short);

const isCredited = ({ agent_id }: AgentLeg, { facts }: TrueSession, { lastAgentOnly }: ExportHabits): boolean =>
  lastAgentOnly !== true || agent_id === facts.outcome.last_agent_id;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;

const toLocal = (time: string | null, { offset = 0 }: ExportHabits): string =>
  time === null ? '' : new Date(Date.parse(time) + offset * 60_000).toISOString();

const toDay = (time: string | null, habits: ExportHabits): string => toLocal(time, habits).slice(0, 10);

const writeTime = (time: string | null, habits: ExportHabits): string =>
  toLocal(time, habits).slice(0, 19).replace('T', ' ');

/** Seconds as hh:mm:ss, or as mm:ss below an hour. */
function writeLength(seconds: number | null): string | null {
  if (seconds === null) return null;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [whole / 3600, (whole / 60) % 60, whole % 60].map((n) =>
    String(Math.floor(n)).padStart(2, '0'),
  );
  return whole < 3600 ? `${minutes}:${rest}` : `${hours}:${minutes}:${rest}`;
}

/** Writes rows as CSV. */
function writeCsv(rows: readonly Cells[], { delimiter = ',', bom, headers = {} }: ExportHabits): string {
  const quote = (text: string) => (/[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const names = Object.keys(rows[0] ?? {});
  const lines = [
    names.map((name) => quote(headers[name] ?? name)),
    ...rows.map((row) => names.map((name) => quote(String(row[name] ?? '')))),
  ];
  return `${bom === true ? '\u{feff}' : ''}${lines.map((line) => line.join(delimiter)).join('\r\n')}\r\n`;
}
