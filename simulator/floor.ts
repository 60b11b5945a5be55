import type { ActivityLog } from './activity.ts';
import { type Engine, type Life, Signal } from './engine.ts';
import type { Menu } from './menus.ts';
import type { Agent } from './people.ts';
import { STATUS } from './statuses.ts';
import type { Team } from './teams.ts';
import { readAsOf } from './time.ts';

/** Where an agent works: `free` waits for work, `busy` has one conversation (or its offer, or its wrap-up). */
export interface Seat {
  readonly agent: Agent;
  state: 'absent' | 'free' | 'busy';
  /** Fired when the agent, who wants a break or to go home, becomes free. */
  leave: Signal | null;
  queues: ReadonlySet<number>;
}

/** A conversation's place in a queue. */
export interface Ticket {
  readonly menu: Menu;
  signal: Signal;
  seat: Seat | null;
}

/**
 * The floor matches waiting conversations with free agents. A seat that left `free` belongs to one conversation until it is
 * released. So an agent is never in two conversations.
 */
export class Floor {
  readonly seats: readonly Seat[];
  readonly #engine: Engine;
  readonly #log: ActivityLog;
  readonly #teams: ReadonlyMap<number, Team>;
  readonly #idle = new Set<Seat>();
  readonly #waiting: Ticket[] = [];

  constructor(engine: Engine, log: ActivityLog, agents: readonly Agent[], teams: readonly Team[]) {
    this.#engine = engine;
    this.#log = log;
    this.#teams = new Map(teams.map((team) => [team.id, team]));
    this.seats = agents.map((agent) => ({ agent, state: 'absent', leave: null, queues: new Set() }));
  }

  /** Number of conversations that wait in a queue. */
  waiting(menu: Menu): number {
    return this.#waiting.filter((ticket) => ticket.menu === menu).length;
  }

  /** An agent logs in. */
  arrive(seat: Seat): void {
    const teams = readAsOf(seat.agent.teams, this.#engine.now);
    // A small centre cannot afford specialists.
    const all = this.seats.length < 20 ? [...this.#teams.keys()] : teams;
    seat.queues = new Set(all.flatMap((team) => this.#teams.get(team)?.queues ?? []));
    seat.state = 'busy';
    this.free(seat);
  }

  /** Requests a pause; the signal fires when the agent has no work any more. */
  pause(seat: Seat): Signal {
    const signal = new Signal();
    if (seat.state === 'free') {
      this.#idle.delete(seat);
      seat.state = 'absent';
      signal.fire();
    } else seat.leave = signal;
    return signal;
  }

  /** The agent has no work any more: takes the requested pause, or else the conversation that has waited longest. */
  free(seat: Seat): void {
    if (seat.leave) {
      seat.state = 'absent';
      seat.leave.fire();
      seat.leave = null;
      return;
    }
    this.#log.enter(seat.agent, STATUS.available);
    const next = this.#waiting.findIndex((ticket) => seat.queues.has(ticket.menu.id));
    const [ticket] = next >= 0 ? this.#waiting.splice(next, 1) : [];
    if (ticket) this.#match(ticket, seat);
    else {
      seat.state = 'free';
      this.#idle.add(seat);
    }
  }

  /** Takes a free agent, longest idle first, for a conversation that does not wait. */
  take(suits: (seat: Seat) => boolean): Seat | undefined {
    for (const seat of this.#idle) {
      if (!suits(seat)) continue;
      this.#idle.delete(seat);
      seat.state = 'busy';
      return seat;
    }
    return undefined;
  }

  /** Waits in a queue until an agent is found (`ticket.seat`) or patience ends (`ticket.seat` stays null). */
  *wait(ticket: Ticket, patienceMs: number): Life {
    ticket.signal = new Signal();
    ticket.seat = null;
    const seat = this.take((one) => one.queues.has(ticket.menu.id));
    if (seat) {
      this.#match(ticket, seat);
      return;
    }
    this.#waiting.push(ticket);
    const { signal } = ticket;
    this.#engine.at(this.#engine.now + patienceMs, () => signal.fire());
    yield signal;
    const place = this.#waiting.indexOf(ticket);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  #match(ticket: Ticket, seat: Seat): void {
    seat.state = 'busy';
    ticket.seat = seat;
    ticket.signal.fire();
  }
}
