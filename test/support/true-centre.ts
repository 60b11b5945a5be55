import type { AgentLeg, Channel } from '../../catalog/facts.ts';
import type { Simulation } from '../../simulator/simulation.ts';
import type { AgentEvent, StatusInterval } from '../../simulator/truth-activity.ts';
import type { Records } from './simulated-lake.ts';
import { listTrueSessions, type TrueSession } from './true-sessions.ts';

/** A status as it really was, with what the platform's log says of its end. */
export interface TrueStatus extends StatusInterval {
  readonly name: string;
  /** End that the log states; it can be after the logout. */
  readonly stated: string | null;
}

/** What really happened in a simulated centre until a virtual time, for one channel. */
export class TrueCentre {
  readonly channel: Channel;
  readonly at: number;
  readonly sessions: readonly TrueSession[];
  readonly statuses: readonly TrueStatus[];
  readonly events: readonly AgentEvent[];
  readonly #queues: ReadonlyMap<number, string>;
  readonly #agents: ReadonlyMap<number, { readonly name: string; readonly email: string }>;

  /** @param records what the API shows, for names of queues, agents and statuses */
  constructor(simulation: Simulation, channel: Channel, at: number, records: Records) {
    this.channel = channel;
    this.at = at;
    this.sessions = listTrueSessions(channel === 'call' ? simulation.callStages() : simulation.chatStages(), at);
    const log = new Map((records.get('agent_status_history') ?? []).map((row) => [Number(row.id), row]));
    const { intervals, events } = simulation.activity(at);
    this.statuses = intervals.map((interval) => {
      const { status, ended_at } = log.get(interval.activity_id) ?? {};
      const { name } = Object(status) as { readonly name?: string };
      return { ...interval, name: String(name), stated: typeof ended_at === 'string' ? ended_at : null };
    });
    this.events = events;
    const menus = new Map((records.get('menu') ?? []).map((menu) => [Number(menu.id), menu]));
    const writePath = (id: number): string => {
      const { name, parent_id } = menus.get(id) ?? {};
      return parent_id === null || parent_id === undefined ? String(name) : `${writePath(Number(parent_id))}/${name}`;
    };
    this.#queues = new Map([...menus.keys()].map((id) => [id, writePath(id)]));
    this.#agents = new Map(
      (records.get('agent') ?? []).map(({ id, first_name, last_name, email }) => [
        Number(id),
        { name: `${first_name} ${last_name}`, email: String(email) },
      ]),
    );
  }

  /** Names of a queue from the root. */
  nameQueue(id: number | null): string | null {
    return this.#queues.get(id ?? 0) ?? null;
  }

  describeAgent(id: number | null) {
    const agent = this.#agents.get(id ?? 0);
    return { 'Agent Name': agent?.name ?? null, 'Agent ID': id, 'Agent Email': agent?.email ?? null };
  }
}

/** Transfers that an agent gave during a leg. */
export const countTransfers = ({ facts }: TrueSession, { agent_id, started_at, ended_at }: AgentLeg): number =>
  facts.transfers.filter(
    ({ from_agent_id, created_at, outcome }) =>
      outcome === 'transferred' &&
      from_agent_id === agent_id &&
      String(created_at) >= String(started_at) &&
      (ended_at === null || String(created_at) <= ended_at),
  ).length;
