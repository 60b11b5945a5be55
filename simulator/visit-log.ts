import type { Transfer } from './call-story.ts';
import type { Menu } from './menus.ts';
import type { Agent } from './people.ts';

/** A stay in a queue as the platform stores it. */
export interface StoredVisit {
  readonly menu: Menu;
  readonly startedAt: number;
  endedAt: number | null;
  agent: Agent | null;
  readonly transfer: Transfer | null;
}

/** The stays of a conversation in queues: at most one is open. */
export class VisitLog {
  readonly visits: StoredVisit[] = [];

  open(menu: Menu, startedAt: number, transfer: Transfer | null): void {
    this.visits.push({ menu, startedAt, endedAt: null, agent: null, transfer });
  }

  /** Ends the open stay, if there is one. */
  close(at: number, agent: Agent | null): void {
    for (const visit of this.visits) {
      if (visit.endedAt !== null) continue;
      visit.endedAt = at;
      visit.agent = agent;
    }
  }

  /** The queue in which the conversation waited last. */
  get lastMenu(): Menu | null {
    return this.visits.at(-1)?.menu ?? null;
  }

  /** The stay that an agent ended before a time; undefined if there is none. */
  findTaken(agent: Agent | null, at: number): StoredVisit | undefined {
    return this.visits.findLast((one) => one.agent === agent && one.endedAt !== null && one.endedAt <= at);
  }
}
