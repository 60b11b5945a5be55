import type { Party, Transfer } from './call-story.ts';
import type { Centre } from './centre.ts';
import type { ChatStory } from './chat-story.ts';
import { type Life, Signal } from './engine.ts';
import type { Seat, Ticket } from './floor.ts';
import { type Menu, QUEUES } from './menus.ts';
import { isOpen } from './profile.ts';
import type { Random } from './random.ts';
import { STATUS } from './statuses.ts';
import { HOUR, MINUTE, SECOND } from './time.ts';
import { VIRTUAL_AGENTS } from './virtual-agents.ts';

type ChatType = readonly [chatType: string, sessionType: string];

const TYPES: readonly (readonly [ChatType, number])[] = [
  [['Messaging Inbound (App Chat)', 'Messaging Inbound (Mobile Chat)'], 5],
  [['Messaging Inbound (Web Chat)', 'Messaging Inbound (Web Chat)'], 7],
  [['Messaging (SMS)', 'Messaging (SMS)'], 3],
  [['Messaging (WhatsApp)', 'Messaging (WhatsApp)'], 4],
  [['Messaging (API)', 'Messaging (API)'], 1],
];
const OUTBOUND: ChatType = ['Messaging Outbound (SMS)', 'Messaging Outbound (SMS)'];

/** One chat from start to end. */
export function liveChat(centre: Centre, random: Random): Life {
  const seat = random.chance(0.03) ? centre.floor.take(() => true) : undefined;
  return seat ? outboundChat(centre, seat, random) : inboundChat(centre, random);
}

/** An agent writes to an end user. */
function* outboundChat(centre: Centre, seat: Seat, random: Random): Life {
  const story = centre.openChat(...OUTBOUND, random);
  const guest: Party = { id: centre.ids.chatParty.take(), type: 'end_user', agent: null };
  centre.chat(story, { kind: 'created' });
  centre.log.enter(seat.agent, STATUS.inChat, { chatId: story.id });
  centre.chat(story, { kind: 'assigned', agent: seat.agent });
  centre.chat(story, { kind: 'joined', party: guest });
  yield* converse(centre, story, seat, guest, random);
}

function* inboundChat(centre: Centre, random: Random): Life {
  const [chatType, sessionType] = random.weighted(TYPES);
  const story = centre.openChat(chatType, sessionType, random);
  const guest: Party = { id: centre.ids.chatParty.take(), type: 'end_user', agent: null };
  const menu = random.weighted(QUEUES.map((queue) => [queue, queue.demand] as const));
  let escalation: Transfer | undefined;
  centre.chat(story, { kind: 'created' });
  centre.chat(story, { kind: 'joined', party: guest });
  yield random.between(400, 9000);
  if (random.chance(0.12)) {
    const talk: { endedBy: string | null } = { endedBy: null };
    yield* virtualAgent(centre, story, talk, random);
    if (talk.endedBy) return end(centre, story, guest, 'finished', 'nothing', talk.endedBy);
    // An older platform does not list the escalation among the transfers.
    if (random.chance(0.6)) escalation = centre.escalate(menu);
  }
  if (!menu.alwaysOpen && !isOpen(centre.engine.now)) {
    return end(centre, story, guest, 'deflected', 'after_hours', 'disconnected_by_system');
  }
  if (escalation) centre.chat(story, { kind: 'transfer_started', transfer: escalation });
  centre.chat(story, { kind: 'queued', menu, ...(escalation ? { transfer: escalation } : {}) });
  const ticket: Ticket = { menu, seat: null, signal: new Signal() };
  yield* offerChat(centre, story, ticket, random);
  if (!ticket.seat) {
    if (escalation) centre.chat(story, { kind: 'transfer_failed', transfer: escalation, reason: 'no_response' });
    return end(centre, story, guest, 'canceled', 'no_response', 'disconnected_by_end_user');
  }
  const { agent } = ticket.seat;
  centre.chat(story, { kind: 'assigned', agent });
  if (escalation) centre.chat(story, { kind: 'transfer_assigned', transfer: escalation, agent });
  yield* converse(centre, story, ticket.seat, guest, random, escalation);
}

function* virtualAgent(centre: Centre, story: ChatStory, talk: { endedBy: string | null }, random: Random): Life {
  const party: Party = {
    id: centre.ids.chatParty.take(),
    type: 'virtual_agent',
    agent: null,
    virtualAgent: VIRTUAL_AGENTS.reception,
  };
  centre.chat(story, { kind: 'joined', party });
  centre.chat(story, { kind: 'status', status: 'va_assigned' });
  yield random.lognormal(80 * SECOND, 0.5);
  centre.chat(story, { kind: 'messages', count: random.integer(2, 12), responseMs: null });
  centre.chat(story, { kind: 'left', party });
  talk.endedBy = random.weighted([
    ['disconnected_by_system', 43],
    ['disconnected_by_end_user', 7],
    [null, 50],
  ]);
}

/** Waits for an agent who picks up, or gives up. */
function* offerChat(centre: Centre, story: ChatStory, ticket: Ticket, random: Random): Life {
  const about = { chatId: story.id };
  yield* centre.floor.wait(ticket, random.exponential(420 * SECOND) + 30 * SECOND);
  if (!ticket.seat) return;
  const { agent } = ticket.seat;
  centre.log.notify(agent, 'chat_notification_offered', about);
  yield random.between(1, 8) * SECOND;
  centre.log.notify(agent, 'chat_pick_up_attempt', { ...about, by: agent });
  centre.log.notify(agent, 'chat_picked_up', { ...about, by: agent });
  centre.log.enter(agent, STATUS.inChat, about);
}

function* converse(
  centre: Centre,
  story: ChatStory,
  first: Seat,
  guest: Party,
  random: Random,
  escalation?: Transfer,
): Life {
  let seat = first;
  let party = join(centre, story, seat);
  if (escalation) centre.chat(story, { kind: 'transfer_received', transfer: escalation, agent: seat.agent });
  const turns = random.integer(2, 9);
  const transferAt = random.chance(0.07) ? random.integer(1, turns) : 0;
  const dismissAt = random.chance(0.02) ? random.integer(1, turns) : 0;
  for (let turn = 1; turn <= turns; turn += 1) {
    const responseMs = Math.round(random.lognormal(38 * SECOND, 0.7));
    yield random.lognormal(20 * SECOND, 0.6) + responseMs;
    centre.chat(story, { kind: 'messages', count: random.integer(1, 4), responseMs });
    if (turn === dismissAt) yield* dismiss(centre, story, random);
    if (turn !== transferAt) continue;
    const menu: Menu = random.pick(QUEUES);
    const transfer = { id: centre.ids.transfer.take(), from: seat.agent, toAgent: null, toMenu: menu, cold: true };
    centre.chat(story, { kind: 'transfer_started', transfer });
    leave(centre, story, seat, party, random);
    const ticket: Ticket = { menu, seat: null, signal: new Signal() };
    yield* offerChat(centre, story, ticket, random);
    if (!ticket.seat) {
      centre.chat(story, { kind: 'transfer_failed', transfer, reason: 'no_response' });
      return end(centre, story, guest, 'finished', 'no_response', 'disconnected_by_end_user');
    }
    seat = ticket.seat;
    centre.chat(story, { kind: 'transfer_assigned', transfer, agent: seat.agent });
    party = join(centre, story, seat);
    centre.chat(story, { kind: 'transfer_received', transfer, agent: seat.agent });
  }
  if (random.chance(0.06)) sendMedia(centre, story, random);
  yield random.between(3, 40) * SECOND;
  leave(centre, story, seat, party, random);
  end(centre, story, guest, 'finished', 'nothing', random.pick(['disconnected_by_end_user', 'disconnected_by_agent']));
  after(centre, story, random);
}

/** A dismissed chat is not over: the end user writes again and it continues with the same agent. */
function* dismiss(centre: Centre, story: ChatStory, random: Random): Life {
  centre.chat(story, { kind: 'status', status: 'dismissed' });
  yield random.between(2, 12) * MINUTE;
  centre.chat(story, { kind: 'status', status: 'assigned' });
}

function join(centre: Centre, story: ChatStory, seat: Seat): Party {
  const party: Party = { id: centre.ids.chatParty.take(), type: 'agent', agent: seat.agent };
  centre.chat(story, { kind: 'joined', party });
  return party;
}

function leave(centre: Centre, story: ChatStory, seat: Seat, party: Party, random: Random): void {
  centre.chat(story, { kind: 'left', party });
  centre.wrapUpChat(seat, party, story, random);
}

function end(centre: Centre, story: ChatStory, guest: Party, status: string, failReason: string, by: string): void {
  centre.chat(story, { kind: 'left', party: guest });
  centre.chat(story, { kind: 'ended', status, failReason, by });
}

/** Photos and a video just before the end; one photo is deleted later. */
function sendMedia(centre: Centre, story: ChatStory, random: Random): void {
  const id = centre.ids.media.take();
  centre.later(SECOND, () => centre.chat(story, { kind: 'photo_added', id }));
  if (random.chance(0.3)) {
    const video = centre.ids.media.take();
    centre.later(2 * SECOND, () => centre.chat(story, { kind: 'video_added', id: video }));
  }
  if (random.chance(0.2)) {
    centre.later(random.between(2, 50) * HOUR, () => centre.chat(story, { kind: 'photo_removed', id }));
  }
}

function after(centre: Centre, story: ChatStory, random: Random): void {
  centre.aftermath(random, {
    rated: (rating, comment) => centre.chat(story, { kind: 'rated', rating, comment }),
    ticketed: (ticket) => centre.chat(story, { kind: 'ticketed', ticket }),
  });
  if (random.chance(0.008)) {
    const menu = random.pick(QUEUES);
    centre.later(random.between(1, 30) * HOUR, () => centre.chat(story, { kind: 'requeued_on_paper', menu }));
  }
}
