import type { Engine } from './engine.ts';
import type { Agent } from './people.ts';
import type { UserStatus } from './statuses.ts';

/** The conversation of an activity. */
export interface About {
  readonly callId?: number;
  readonly chatId?: number;
  /** Who caused it, if it was a person. */
  readonly by?: Agent;
}

/** One row of the agents' activity log: a status with a length, or a notification, which is a point in time. */
export interface ActivityRow {
  readonly id: number;
  readonly agent: Agent;
  readonly activity: string;
  readonly status: UserStatus | null;
  readonly startedAt: number;
  /** `Infinity` while the status lasts. */
  endedAt: number;
  readonly about: About;
}

/** The activity log of all agents: an agent is in exactly one status at any time. */
export class ActivityLog {
  readonly rows: ActivityRow[] = [];
  readonly #open = new Map<Agent, ActivityRow>();
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Ends the agent's status and begins another. */
  enter(agent: Agent, status: UserStatus, about: About = {}, activity = 'user_status_changed'): void {
    const now = this.#engine.now;
    const open = this.#open.get(agent);
    if (open) open.endedAt = now;
    const row = this.#append(agent, activity, status, Number.POSITIVE_INFINITY, about);
    this.#open.set(agent, row);
  }

  /** Logs a notification. It has no length and does not change the status. */
  notify(agent: Agent, activity: string, about: About = {}): void {
    this.#append(agent, activity, null, this.#engine.now, about);
  }

  #append(agent: Agent, activity: string, status: UserStatus | null, endedAt: number, about: About): ActivityRow {
    const startedAt = this.#engine.now;
    const row = { id: 300_001 + this.rows.length, agent, activity, status, startedAt, endedAt, about };
    this.rows.push(row);
    return row;
  }
}
