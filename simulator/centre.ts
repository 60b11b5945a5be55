import { type About, ActivityLog } from './activity.ts';
import type { CallEvent, CallFamily, CallStory, Happening, Party, Transfer } from './call-story.ts';
import type { ChatEvent, ChatHappening, ChatStory } from './chat-story.ts';
import { Engine, type Life } from './engine.ts';
import { Floor, type Seat } from './floor.ts';
import type { Menu } from './menus.ts';
import { drawCallTraits, drawChatTraits } from './oddities.ts';
import { type Agent, hireAll } from './people.ts';
import { Random } from './random.ts';
import { parsePeriod, type SimulationOptions } from './simulation-options.ts';
import { STATUS } from './statuses.ts';
import { listTeams, type Team } from './teams.ts';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';
import { VIRTUAL_AGENTS } from './virtual-agents.ts';

/** Wrap-up that an agent may take. */
const WRAP_UP_ALLOWED = 2 * MINUTE;

/** What a new call is; the rest is drawn. */
export interface CallPlan {
  readonly family: CallFamily;
  readonly callType: string;
  readonly sessionType: string;
  /** The old class name of this kind of call, if there was one. */
  readonly className?: string;
  readonly parentId?: number;
  readonly preview?: boolean;
  readonly endUserId?: number | null;
}

/** Sequences of ids. Calls and chats have separate sequences whose ids collide, as in the platform. */
class Sequence {
  #next: number;
  constructor(first: number) {
    this.#next = first;
  }
  take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

/** The simulated contact centre while it runs: its people, what happens, and the event log. */
export class Centre {
  readonly options: Required<SimulationOptions>;
  readonly span: { readonly startMs: number; readonly endMs: number };
  readonly engine: Engine;
  readonly log: ActivityLog;
  readonly agents: readonly Agent[];
  readonly teams: readonly Team[];
  readonly floor: Floor;
  readonly random: Random;
  readonly calls: CallStory[] = [];
  readonly chats: ChatStory[] = [];
  readonly ids = {
    call: new Sequence(1000),
    chat: new Sequence(1000),
    callParty: new Sequence(20_000),
    chatParty: new Sequence(20_000),
    transfer: new Sequence(400),
    media: new Sequence(5000),
    ticket: new Sequence(76_000),
    endUser: new Sequence(9000),
  };

  constructor(options: Required<SimulationOptions>) {
    this.options = options;
    this.span = parsePeriod(options);
    this.random = new Random(options.seed);
    this.engine = new Engine(this.span.startMs);
    this.log = new ActivityLog(this.engine);
    this.teams = listTeams(this.span);
    this.agents = hireAll(options.seats, this.span, this.random.fork());
    this.floor = new Floor(this.engine, this.log, this.agents, this.teams);
  }

  openCall(plan: CallPlan, random: Random): CallStory {
    const traits = drawCallTraits(random);
    const old = traits.legacyClassName ? plan.className : undefined;
    const story: CallStory = {
      id: this.ids.call.take(),
      parentId: plan.parentId ?? null,
      family: plan.family,
      callType: old ?? plan.callType,
      sessionType: traits.newVocabulary && old === undefined ? plan.sessionType : null,
      endUserId: plan.endUserId === undefined ? this.ids.endUser.take() : plan.endUserId,
      preview: plan.preview ?? false,
      traits,
      events: [],
    };
    this.calls.push(story);
    return story;
  }

  openChat(chatType: string, sessionType: string, random: Random): ChatStory {
    const traits = drawChatTraits(random);
    const story: ChatStory = {
      id: this.ids.chat.take(),
      chatType,
      sessionType: traits.newVocabulary ? sessionType : null,
      endUserId: this.ids.endUser.take(),
      traits,
      events: [],
    };
    this.chats.push(story);
    return story;
  }

  /** Logs an event of a call. */
  call(story: CallStory, happening: Happening): void {
    const event: CallEvent = { ...happening, at: this.engine.now };
    story.events.push(event);
  }

  /** Logs an event of a chat. */
  chat(story: ChatStory, happening: ChatHappening): void {
    const event: ChatEvent = { ...happening, at: this.engine.now };
    story.events.push(event);
  }

  party(type: Party['type'], agent: Agent | null = null): Party {
    return { id: this.ids.callParty.take(), type, agent };
  }

  /** The hand-over of a conversation by a virtual agent to a queue. */
  escalate(toMenu: Menu): Transfer {
    const fromVirtualAgent = VIRTUAL_AGENTS.reception;
    return { id: this.ids.transfer.take(), from: null, fromVirtualAgent, toAgent: null, toMenu, cold: true };
  }

  /** The agent wraps up and is free again; wrap-up ends after the call does, and the call's record shows it then. */
  wrapUp(seat: Seat, party: Party, story: CallStory, random: Random): void {
    const milliseconds = this.#leaveConversation(seat, { callId: story.id }, 50 * SECOND, random, (length) =>
      this.call(story, { kind: 'wrapped_up', party, milliseconds: length }),
    );
    // Some add to it later.
    if (!random.chance(0.02) || !story.events.some((event) => event.kind === 'joined' && event.party === party)) return;
    const recordId = this.ids.callParty.take();
    const more = Math.round(random.lognormal(40 * SECOND, 0.5));
    this.later(milliseconds + random.between(5, 180) * MINUTE, () =>
      this.call(story, { kind: 'wrapped_up', party, milliseconds: more, recordId }),
    );
  }

  /** As `wrapUp`, for a chat. */
  wrapUpChat(seat: Seat, party: Party, story: ChatStory, random: Random): void {
    this.#leaveConversation(seat, { chatId: story.id }, 25 * SECOND, random, (milliseconds) =>
      this.chat(story, { kind: 'wrapped_up', party, milliseconds }),
    );
  }

  /** The agent is free again without a word of it in the call's record. */
  release(seat: Seat, story: CallStory, random: Random): void {
    this.#leaveConversation(seat, { callId: story.id }, 20 * SECOND, random, () => {});
  }

  /** The agent is in wrap-up, and in another status after the time that is allowed. @returns its length */
  #leaveConversation(
    seat: Seat,
    about: About,
    medianMs: number,
    random: Random,
    end: (milliseconds: number) => void,
  ): number {
    this.log.enter(seat.agent, STATUS.wrapUp, about);
    const milliseconds = Math.round(random.lognormal(medianMs, 0.6));
    if (milliseconds > WRAP_UP_ALLOWED)
      this.later(WRAP_UP_ALLOWED, () => this.log.enter(seat.agent, STATUS.wrapUpExceeded, about));
    this.later(milliseconds, () => {
      end(milliseconds);
      this.floor.free(seat);
    });
    return milliseconds;
  }

  later(milliseconds: number, run: () => void): void {
    this.engine.at(this.engine.now + milliseconds, run);
  }

  begin(life: Life): void {
    this.engine.begin(life);
  }

  /** Whether the queue is so long that callers are sent elsewhere. */
  overCapacity(menu: Menu): boolean {
    return this.floor.waiting(menu) >= Math.max(3, this.options.seats / 20);
  }

  /** What happens to a conversation after its end: each change moves `updated_at`. */
  aftermath(random: Random, after: Aftermath): void {
    if (random.chance(0.22)) {
      const rating = random.weighted([
        [5, 5],
        [4, 4],
        [3, 2],
        [2, 1],
        [1, 2],
      ]);
      const delay = random.chance(0.8) ? random.exponential(8 * MINUTE) : random.between(2, 40) * HOUR;
      this.later(delay, () => after.rated(rating, random.chance(0.3)));
      // Some think again.
      if (random.chance(0.05)) this.later(delay + HOUR, () => after.rated(Math.max(1, rating - 1), true));
    }
    if (random.chance(0.3)) {
      this.later(random.between(1, 20) * MINUTE, () => after.ticketed(this.ids.ticket.take()));
    } else if (random.chance(0.35)) {
      // The CRM's nightly job links tickets to many records in one instant.
      const night = Math.floor(this.engine.now / DAY) * DAY + DAY + 2 * HOUR;
      this.engine.at(night, () => after.ticketed(this.ids.ticket.take()));
    }
  }
}

/** How the late changes are written down for a call or a chat. */
export interface Aftermath {
  rated(rating: number, comment: boolean): void;
  ticketed(ticket: number): void;
}
