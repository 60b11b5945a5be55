import { CALLBACK, estimateWait, failCall, failTransfer, leaveVoicemail, recover, talkOn } from './call-life.ts';
import type { CallStory, Finish, Party, Transfer } from './call-story.ts';
import type { CallPlan, Centre } from './centre.ts';
import { type Life, Signal } from './engine.ts';
import type { Ticket } from './floor.ts';
import { type Menu, QUEUES } from './menus.ts';
import { drawPatience, offerCall } from './offer.ts';
import { computeOfficeTime, isOpen } from './profile.ts';
import type { Random } from './random.ts';
import { DAY, HOUR, MINUTE, SECOND } from './time.ts';
import { VIRTUAL_AGENTS } from './virtual-agents.ts';

/**
 * A virtual agent joins the caller in the queue after some seconds.
 * @returns ends its part
 */
function accompany(centre: Centre, story: CallStory, random: Random): (finish?: Finish) => void {
  const party: Party = { ...centre.party('virtual_agent'), virtualAgent: VIRTUAL_AGENTS.waiting };
  let state: 'expected' | 'present' | 'gone' = 'expected';
  centre.later(random.between(2, 8) * SECOND, () => {
    if (state !== 'expected') return;
    state = 'present';
    centre.call(story, { kind: 'invited', party });
    centre.call(story, { kind: 'joined', party });
  });
  return (finish) => {
    if (state === 'present') centre.call(story, { kind: 'left', party, ...(finish ? { finish } : {}) });
    state = 'gone';
  };
}

/** Inbound in the queue: waits, then talks, or leaves a message, books a callback, or hangs up. */
export function* queueAndTalk(
  centre: Centre,
  story: CallStory,
  menu: Menu,
  caller: Party,
  random: Random,
  options: { patienceMs?: number; dialOut?: boolean; escalation?: Transfer | undefined } = {},
): Life {
  const { engine } = centre;
  const { escalation } = options;
  if (escalation) centre.call(story, { kind: 'transfer_started', transfer: escalation });
  centre.call(story, { kind: 'queued', menu, ...(escalation ? { transfer: escalation } : {}) });
  const before = engine.now;
  const endCompany = options.dialOut || !random.chance(0.03) ? () => {} : accompany(centre, story, random);
  let queue = menu;
  if (!options.dialOut && !escalation && random.chance(0.012)) {
    yield random.between(2, 12) * SECOND;
    queue = random.pick(QUEUES.filter((other) => other !== menu));
    centre.call(story, { kind: 'redirected', menu: queue });
  }
  const ticket: Ticket = { menu: queue, seat: null, signal: new Signal() };
  yield* offerCall(centre, story, ticket, options.patienceMs ?? drawPatience(random), random);
  endCompany(ticket.seat ? undefined : 'consumer_ended');
  if (!ticket.seat) {
    if (escalation) failTransfer(centre, story, escalation, 'eu_abandoned');
    if (!escalation && engine.now - before > 60 * SECOND && random.chance(0.25))
      yield* leaveVoicemail(centre, story, caller, 'queue_timeout', random);
    else failCall(centre, story, options.dialOut ? 'expired' : 'eu_abandoned', caller);
    return;
  }
  const failReason = random.chance(options.dialOut ? 0.15 : 0.02)
    ? random.pick(options.dialOut ? ['eu_no_answer', 'eu_busy'] : ['eu_canceled', 'voip_conn_timeout'])
    : 'nothing';
  // An agent with automatic answer is connected immediately. If the clock of the queue is wrong, the queue can seem to end before it began.
  const automatic = !options.dialOut && failReason === 'nothing' && random.chance(0.02);
  const skew = automatic && !escalation && engine.now - before < 10 * SECOND && random.chance(0.5);
  const ringMs = (automatic ? random.between(0.02, 0.2) : random.between(1, options.dialOut ? 14 : 7)) * SECOND;
  const clock = skew ? { queueClock: random.integer(40, 900) } : {};
  const line = { talk: null, failReason, ringMs, status: 'connected', escalation, ...clock };
  yield* talkOn(centre, story, ticket.seat, caller, line, random);
  if (failReason === 'voip_conn_timeout' || failReason === 'eu_canceled') recover(centre, story, random);
}

/** A scheduled call: it is queued when its time has come, then the end user is called. */
export function* liveScheduledCall(centre: Centre, plan: CallPlan, scheduledAt: number, random: Random): Life {
  yield estimateWait(centre);
  const story = centre.openCall(plan, random);
  const caller = centre.party('end_user');
  centre.call(story, { kind: 'created', status: 'scheduled', scheduledAt });
  centre.call(story, { kind: 'invited', party: caller });
  yield Math.max(SECOND, scheduledAt - centre.engine.now);
  const menu = chooseQueue(random);
  yield* queueAndTalk(centre, story, menu, caller, random, { patienceMs: 2 * HOUR, dialOut: true });
}

export function chooseQueue(random: Random): Menu {
  return random.weighted(QUEUES.map((menu) => [menu, menu.demand] as const));
}

/** What happens to a caller whom the queue deflects: a message, another number, a voicemail or a callback. */
export function* deflect(centre: Centre, story: CallStory, menu: Menu, caller: Party, random: Random): Life {
  const closed = !menu.alwaysOpen && !isOpen(centre.engine.now);
  const deflection = closed
    ? random.pick([
        'after_hours_message_only',
        'after_hours_message_only',
        'temp_redirection_phone',
        'after_hours_voicemail',
      ])
    : random.pick(['over_capacity_message_only', 'over_capacity_callback', 'over_capacity_callback']);
  centre.call(story, { kind: 'deflected', deflection });
  if (deflection === 'after_hours_voicemail') {
    yield* leaveVoicemail(centre, story, caller, 'after_hours', random);
    return;
  }
  yield random.between(6, 30) * SECOND;
  failCall(centre, story, 'nothing', caller, 'deflected');
  if (deflection !== 'over_capacity_callback') return;
  const due = centre.engine.now + random.between(20 * MINUTE, 2 * HOUR);
  const at = isOpen(due) ? due : computeOfficeTime(due, 1, random);
  const plan = { ...CALLBACK, parentId: story.id, endUserId: story.endUserId };
  centre.begin(liveScheduledCall(centre, plan, Math.min(at, centre.engine.now + 3 * DAY), random));
}
