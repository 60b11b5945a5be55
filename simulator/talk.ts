import type { CallStory, Party, Transfer } from './call-story.ts';
import type { Centre } from './centre.ts';
import type { Life } from './engine.ts';
import { Signal } from './engine.ts';
import type { Seat, Ticket } from './floor.ts';
import { type Menu, QUEUES } from './menus.ts';
import { drawPatience, offerCall } from './offer.ts';
import type { Random } from './random.ts';
import { STATUS } from './statuses.ts';
import { MINUTE, SECOND } from './time.ts';
import { VIRTUAL_AGENTS } from './virtual-agents.ts';

/** An agent on a call: the seat and the party that stands for it. */
interface Leg {
  readonly seat: Seat;
  party: Party;
}

/** The connected phase of one call: holds, third parties, conferences, transfers, and the end. */
export class Talk {
  readonly #centre: Centre;
  readonly #story: CallStory;
  readonly #random: Random;
  readonly #caller: Party | null;
  #leg: Leg;
  /** Agents who stay in a conference until the end. */
  readonly #guests: Leg[] = [];
  /** No agent is on the call any more. */
  #isAlone = false;
  /** The platform never notices that the call is over. */
  isStuck = false;

  constructor(centre: Centre, story: CallStory, random: Random, first: Leg, caller: Party | null) {
    this.#centre = centre;
    this.#story = story;
    this.#random = random;
    this.#leg = first;
    this.#caller = caller;
  }

  *life(): Life {
    const random = this.#random;
    yield this.#talking(0.6);
    if (random.chance(0.28)) yield* this.#hold();
    if (random.chance(0.035)) yield* this.#thirdParty();
    if (random.chance(0.015)) yield* this.#rejoin();
    if (random.chance(0.01)) yield* this.#listenIn();
    if (random.chance(0.12)) yield* this.#transfer(random.chance(0.12) ? 2 : 1);
    else if (random.chance(0.04)) yield* this.#conference();
    if (this.#isAlone) return;
    if (random.chance(0.06)) yield* this.#hold();
    yield this.#talking(0.4);
    const isWithQueue = this.#story.family !== 'internal' && this.#story.family !== 'campaign';
    if (isWithQueue && random.chance(0.0015)) {
      this.#vanish();
      return;
    }
    if (isWithQueue && random.chance(0.03)) yield* this.#toSurvey();
    this.#end('finished', 'nothing', random.chance(0.7) ? 'disconnected_by_end_user' : 'disconnected_by_agent');
  }

  #talking(share: number): number {
    return this.#random.lognormal(6.4 * MINUTE * share * this.#leg.seat.agent.pace, 0.75) + 2 * SECOND;
  }

  *#hold(): Life {
    const { agent } = this.#leg.seat;
    this.#centre.call(this.#story, { kind: 'held', agent });
    yield this.#random.lognormal(45 * SECOND, 0.7);
    this.#centre.call(this.#story, { kind: 'resumed', agent });
    yield this.#random.between(3, 60) * SECOND;
  }

  *#thirdParty(): Life {
    const party = this.#centre.party('third_party');
    this.#centre.call(this.#story, { kind: 'invited', party });
    yield this.#random.between(4, 20) * SECOND;
    this.#centre.call(this.#story, { kind: 'joined', party });
    yield this.#random.lognormal(80 * SECOND, 0.6);
    this.#centre.call(this.#story, { kind: 'left', party });
    yield this.#random.between(2, 20) * SECOND;
  }

  /** The agent's line drops for a moment: the same agent returns as a new participant. */
  *#rejoin(): Life {
    this.#centre.call(this.#story, { kind: 'left', party: this.#leg.party, failReason: 'voip_conn_timeout' });
    yield this.#random.between(2, 9) * SECOND;
    this.#leg.party = this.#join(this.#leg.seat);
    yield this.#talking(0.2);
  }

  /** Another agent is invited in; some stay until the end. */
  *#conference(): Life {
    const seat = this.#centre.floor.take(() => true);
    if (!seat) return;
    const party = this.#centre.party('agent', seat.agent);
    this.#centre.call(this.#story, { kind: 'invited', party });
    this.#centre.log.notify(seat.agent, 'call_notification_offered', { callId: this.#story.id });
    yield this.#random.between(3, 12) * SECOND;
    this.#pickUp(seat);
    this.#centre.call(this.#story, { kind: 'joined', party });
    const leg = { seat, party };
    yield this.#talking(0.3);
    if (this.#random.chance(0.5)) this.#guests.push(leg);
    else this.#leave(leg);
  }

  *#transfer(times: number): Life {
    for (let turn = 0; turn < times && !this.#isAlone; turn += 1) {
      const to = this.#random.weighted([
        ['warm', 10],
        ['cold', 4],
        ['queue', 8],
        ['number', 1],
      ]);
      if (to === 'queue') yield* this.#toQueue();
      else if (to === 'number') yield* this.#toNumber();
      else yield* this.#toAgent(to === 'cold');
      if (!this.#isAlone) yield this.#talking(0.4);
    }
  }

  *#toAgent(cold: boolean): Life {
    const seat = this.#centre.floor.take(() => true);
    if (seat) yield* this.#toSeat(seat, cold);
  }

  /** Hands over to an agent, who may not answer. Some try the same agent again. */
  *#toSeat(seat: Seat, cold: boolean): Life {
    const from = this.#leg;
    const transfer = this.#begin({ toAgent: seat.agent, toMenu: null, cold });
    const party = this.#centre.party('agent', seat.agent);
    this.#centre.call(this.#story, { kind: 'invited', party });
    this.#centre.log.notify(seat.agent, 'call_notification_offered', { callId: this.#story.id });
    if (cold) {
      yield SECOND;
      this.#leave(from);
    }
    yield this.#random.between(2, 14) * SECOND;
    if (!cold && this.#random.chance(0.06)) {
      this.#centre.call(this.#story, { kind: 'left', party, failReason: 'ag_canceled' });
      const reason = 'ag_canceled';
      this.#centre.call(this.#story, { kind: 'transfer_failed', transfer, reason, status: 'cancelled' });
      this.#centre.floor.free(seat);
      return;
    }
    if (!cold && this.#random.chance(0.15)) {
      this.#centre.log.notify(seat.agent, 'deltacast_call_missed', { callId: this.#story.id });
      this.#centre.call(this.#story, { kind: 'left', party, failReason: 'ag_ignored' });
      this.#centre.call(this.#story, { kind: 'transfer_failed', transfer, reason: 'ag_ignored' });
      if (this.#random.chance(0.5)) {
        yield this.#random.between(3, 20) * SECOND;
        yield* this.#toSeat(seat, cold);
      } else this.#centre.floor.free(seat);
      return;
    }
    this.#pickUp(seat);
    this.#centre.call(this.#story, { kind: 'transfer_assigned', transfer, agent: seat.agent });
    yield this.#random.between(0.3, 2) * SECOND;
    this.#centre.call(this.#story, { kind: 'joined', party });
    this.#centre.call(this.#story, { kind: 'transfer_received', transfer, agent: seat.agent });
    this.#leg = { seat, party };
    if (cold) return;
    yield this.#random.between(8, 70) * SECOND;
    this.#leave(from);
  }

  /** A cold transfer to a queue: its receiver is known only once an agent takes it. */
  *#toQueue(): Life {
    const menu: Menu = this.#random.pick(QUEUES);
    const transfer = this.#begin({ toAgent: null, toMenu: menu, cold: true });
    yield this.#random.between(0.4, 1.5) * SECOND;
    this.#leave(this.#leg);
    const ticket: Ticket = { menu, seat: null, signal: new Signal() };
    yield* offerCall(this.#centre, this.#story, ticket, drawPatience(this.#random), this.#random);
    if (!ticket.seat) {
      this.#centre.call(this.#story, { kind: 'transfer_failed', transfer, reason: 'eu_abandoned' });
      this.#isAlone = true;
      this.#end('finished', 'eu_abandoned', 'disconnected_by_end_user');
      return;
    }
    const { agent } = ticket.seat;
    this.#pickUp(ticket.seat);
    this.#centre.call(this.#story, { kind: 'transfer_assigned', transfer, agent });
    yield this.#random.between(0.5, 4) * SECOND;
    const party = this.#join(ticket.seat);
    this.#centre.call(this.#story, { kind: 'transfer_received', transfer, agent });
    this.#leg = { seat: ticket.seat, party };
  }

  /** Hands over to a telephone number outside; the agent leaves before or after it answers. */
  *#toNumber(): Life {
    const cold = this.#random.chance(0.5);
    const from = this.#leg;
    const transfer = this.#begin({ toAgent: null, toMenu: null, cold });
    const party = this.#centre.party('third_party');
    this.#centre.call(this.#story, { kind: 'invited', party });
    if (cold) {
      yield SECOND;
      this.#leave(from);
    }
    yield this.#random.between(3, 15) * SECOND;
    this.#centre.call(this.#story, { kind: 'joined', party });
    this.#centre.call(this.#story, { kind: 'transfer_received', transfer, agent: null });
    if (!cold) {
      yield this.#random.between(5, 40) * SECOND;
      this.#leave(from);
    }
    yield this.#talking(0.3);
    this.#centre.call(this.#story, { kind: 'left', party });
    this.#isAlone = true;
    this.#end('finished', 'nothing', 'disconnected_by_end_user');
  }

  /** After the conversation a virtual agent asks the caller how it was. */
  *#toSurvey(): Life {
    const { survey } = VIRTUAL_AGENTS;
    const party: Party = { ...this.#centre.party('virtual_agent'), virtualAgent: survey };
    const transfer = this.#begin({ toAgent: null, toMenu: null, toVirtualAgent: survey, cold: true });
    this.#centre.call(this.#story, { kind: 'invited', party });
    yield this.#random.between(0.2, 1) * SECOND;
    for (const leg of [this.#leg, ...this.#guests]) this.#leave(leg);
    yield this.#random.between(0.2, 1) * SECOND;
    this.#centre.call(this.#story, { kind: 'joined', party });
    this.#centre.call(this.#story, { kind: 'transfer_received', transfer, agent: null });
    yield this.#random.between(8, 60) * SECOND;
    const finish = this.#random.chance(0.7) ? 'resolved' : 'consumer_ended';
    this.#centre.call(this.#story, { kind: 'left', party, finish });
    this.#isAlone = true;
  }

  /** A supervisor listens for a while. */
  *#listenIn(): Life {
    const { agent } = this.#leg.seat;
    const managers = this.#centre.agents.filter((one) => one.roles.includes('manager') && one !== agent);
    if (managers.length === 0) return;
    const supervisor = this.#random.pick(managers);
    const party: Party = { ...this.#centre.party('supervisor'), supervisor };
    this.#centre.call(this.#story, { kind: 'invited', party });
    this.#centre.call(this.#story, { kind: 'joined', party });
    yield this.#talking(0.2);
    this.#centre.call(this.#story, { kind: 'left', party });
  }

  /** The lines are dead, and the platform shows the call as connected for ever. */
  #vanish(): void {
    this.isStuck = true;
    for (const { seat } of [this.#leg, ...this.#guests]) this.#centre.release(seat, this.#story, this.#random);
  }

  #begin(target: Omit<Transfer, 'id' | 'from'>): Transfer {
    const transfer = { id: this.#centre.ids.transfer.take(), from: this.#leg.seat.agent, ...target };
    this.#centre.call(this.#story, { kind: 'transfer_started', transfer });
    return transfer;
  }

  #join(seat: Seat): Party {
    const party = this.#centre.party('agent', seat.agent);
    this.#centre.call(this.#story, { kind: 'invited', party });
    this.#centre.call(this.#story, { kind: 'joined', party });
    return party;
  }

  #pickUp(seat: Seat): void {
    this.#centre.log.notify(seat.agent, 'call_picked_up', { callId: this.#story.id, by: seat.agent });
    this.#centre.log.enter(seat.agent, STATUS.inCall, { callId: this.#story.id });
  }

  #leave(leg: Leg): void {
    this.#centre.call(this.#story, { kind: 'left', party: leg.party });
    this.#centre.wrapUp(leg.seat, leg.party, this.#story, this.#random);
  }

  #end(status: string, failReason: string, by: string): void {
    const present = this.#isAlone ? [] : [this.#leg, ...this.#guests];
    for (const leg of present) this.#leave(leg);
    if (this.#caller) this.#centre.call(this.#story, { kind: 'left', party: this.#caller });
    this.#centre.call(this.#story, { kind: 'ended', status, failReason, by });
  }
}
