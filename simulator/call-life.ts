import type { CallStory, Party, Transfer } from './call-story.ts';
import type { CallPlan, Centre } from './centre.ts';
import type { Life } from './engine.ts';
import type { Seat } from './floor.ts';
import { QUEUES } from './menus.ts';
import { computeOfficeTime } from './profile.ts';
import type { Random } from './random.ts';
import { STATUS } from './statuses.ts';
import { Talk } from './talk.ts';
import { HOUR, MINUTE, SECOND } from './time.ts';

export const OUTBOUND: CallPlan = {
  family: 'outbound',
  callType: 'Voice Outbound',
  sessionType: 'Voice Outbound',
  className: 'OutboundCall',
};
export const CALLBACK: CallPlan = {
  family: 'scheduled',
  callType: 'Voice Callback (Web)',
  sessionType: 'Voice Callback (Web)',
  className: 'ScheduledCall',
};

/** Ends a call that never connected, and what its caller still does. */
export function failCall(
  centre: Centre,
  story: CallStory,
  failReason: string,
  caller: Party | null,
  status = 'failed',
): void {
  if (caller) centre.call(story, { kind: 'left', party: caller, failReason });
  const by = failReason.startsWith('eu_') ? 'disconnected_by_end_user' : 'disconnected_by_unknown';
  centre.call(story, { kind: 'ended', status, failReason, by });
}

/** Ends a transfer without a receiver. */
export function failTransfer(centre: Centre, story: CallStory, transfer: Transfer, reason: string): void {
  centre.call(story, { kind: 'transfer_failed', transfer, reason });
}

/** What follows a connected call: ratings, tickets, recordings and photos. */
export function endCall(centre: Centre, story: CallStory, random: Random): void {
  centre.aftermath(random, {
    rated: (rating, comment) => centre.call(story, { kind: 'rated', rating, comment }),
    ticketed: (ticket) => centre.call(story, { kind: 'ticketed', ticket }),
  });
  if (random.chance(0.6)) centre.later(random.between(1, 6) * MINUTE, () => centre.call(story, { kind: 'recorded' }));
  if (story.events.some((event) => event.kind === 'queued') && random.chance(0.01)) {
    const menu = random.pick(QUEUES);
    centre.later(random.between(1, 30) * HOUR, () => centre.call(story, { kind: 'requeued_on_paper', menu }));
  }
}

/** How a call is connected to an agent. */
interface Line {
  /** Set once it is connected. */
  talk: Talk | null;
  /** `nothing` if it succeeds. */
  readonly failReason: string;
  readonly ringMs: number;
  readonly status: string;
  /** Milliseconds by which the clock of the queue is ahead. */
  readonly queueClock?: number;
  /** The escalation by which a virtual agent handed the call over. */
  readonly escalation?: Transfer | undefined;
}

/** An agent picks up, the line is set up, and the call is connected or not. Sets `line.talk`. */
export function* connect(
  centre: Centre,
  story: CallStory,
  seat: Seat,
  caller: Party | null,
  line: Line,
  random: Random,
): Life {
  const { agent } = seat;
  const party = centre.party('agent', agent);
  centre.log.notify(agent, 'call_picked_up', { callId: story.id, by: agent });
  centre.log.enter(agent, STATUS.inCall, { callId: story.id });
  centre.call(story, { kind: 'assigned', agent });
  if (line.escalation) centre.call(story, { kind: 'transfer_assigned', transfer: line.escalation, agent });
  centre.call(story, { kind: 'invited', party });
  yield random.between(20, 400);
  centre.call(story, {
    kind: 'connecting',
    status: line.status === 'connected' ? 'connecting' : 'campaign_connecting',
  });
  yield line.ringMs;
  if (line.failReason !== 'nothing') {
    centre.call(story, { kind: 'left', party, failReason: line.failReason });
    if (line.escalation) failTransfer(centre, story, line.escalation, line.failReason);
    failCall(centre, story, line.failReason, caller);
    centre.wrapUp(seat, party, story, random);
    return;
  }
  if (caller) centre.call(story, { kind: 'joined', party: caller });
  centre.call(story, { kind: 'joined', party });
  if (line.escalation) centre.call(story, { kind: 'transfer_received', transfer: line.escalation, agent });
  const clock = line.queueClock === undefined ? {} : { queueClock: centre.engine.now + line.queueClock };
  centre.call(story, { kind: 'connected', status: line.status, ...clock });
  line.talk = new Talk(centre, story, random, { seat, party }, caller);
}

/** Connects the call and, on success, talks to the end. */
export function* talkOn(
  centre: Centre,
  story: CallStory,
  seat: Seat,
  caller: Party | null,
  line: Line,
  random: Random,
): Life {
  yield* connect(centre, story, seat, caller, line, random);
  if (line.talk === null) return;
  if (story.family !== 'internal' && random.chance(0.03)) media(centre, story, random);
  yield* line.talk.life();
  if (!line.talk.isStuck) endCall(centre, story, random);
}

/** Photos and videos that the caller sends during the call; sometimes one photo is deleted later. */
function media(centre: Centre, story: CallStory, random: Random): void {
  const photos = Array.from({ length: random.integer(1, 3) }, () => centre.ids.media.take());
  for (const id of photos) {
    centre.later(random.between(5, 25) * SECOND, () => centre.call(story, { kind: 'photo_added', id }));
  }
  if (random.chance(0.3)) {
    const id = centre.ids.media.take();
    centre.later(random.between(10, 40) * SECOND, () => centre.call(story, { kind: 'video_added', id }));
  }
  const [first] = photos;
  if (first !== undefined && random.chance(0.15)) {
    centre.later(random.between(2, 60) * HOUR, () => centre.call(story, { kind: 'photo_removed', id: first }));
  }
}

/** The caller leaves a message; an agent listens to it in office hours. */
export function* leaveVoicemail(centre: Centre, story: CallStory, caller: Party, reason: string, random: Random): Life {
  centre.call(story, { kind: 'voicemail', reason });
  yield random.lognormal(25 * SECOND, 0.5);
  centre.call(story, { kind: 'left', party: caller });
  centre.call(story, {
    kind: 'ended',
    status: 'voicemail_received',
    failReason: 'nothing',
    by: 'disconnected_by_end_user',
  });
  if (random.chance(0.1)) return;
  const readAt = Math.max(
    centre.engine.now + 10 * MINUTE,
    computeOfficeTime(centre.engine.now, random.chance(0.4) ? 0 : 1, random),
  );
  yield readAt - centre.engine.now;
  centre.call(story, { kind: 'status', status: 'voicemail_read' });
  if (random.chance(0.3)) yield* callBack(centre, story, random);
}

/** An agent calls back after a failed call: this creates a child call, and its success marks the parent as recovered. */
export function recover(centre: Centre, parent: CallStory, random: Random): void {
  if (!random.chance(0.7)) return;
  centre.later(random.between(1, 25) * MINUTE, () => centre.begin(callBack(centre, parent, random, 'recovered')));
}

function* callBack(centre: Centre, parent: CallStory, random: Random, parentStatus?: string): Life {
  yield estimateWait(centre);
  const seat = centre.floor.take(() => true);
  if (!seat) return;
  const story = centre.openCall({ ...OUTBOUND, parentId: parent.id, endUserId: parent.endUserId }, random);
  yield* dial(centre, story, seat, random, 0.1);
  const connected = story.events.some((event) => event.kind === 'connected');
  if (connected && parentStatus) centre.call(parent, { kind: 'status', status: parentStatus });
}

/** `created_at` is on whole seconds: new calls begin at the next one. */
export function estimateWait(centre: Centre): number {
  return (SECOND - (centre.engine.now % SECOND)) % SECOND;
}

/** An agent dials out. */
export function* dial(centre: Centre, story: CallStory, seat: Seat, random: Random, noAnswer: number): Life {
  const caller = centre.party('end_user');
  centre.call(story, { kind: 'created', status: 'assigned' });
  centre.call(story, { kind: 'invited', party: caller });
  centre.log.notify(seat.agent, 'call_outbound_dialing', { callId: story.id, by: seat.agent });
  yield random.integer(20, 80);
  const failReason = random.chance(noAnswer) ? random.pick(['eu_no_answer', 'eu_busy', 'eu_rejected']) : 'nothing';
  const line = { talk: null, failReason, ringMs: random.between(3, 25) * SECOND, status: 'connected' };
  yield* talkOn(centre, story, seat, caller, line, random);
}
