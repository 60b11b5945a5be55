import { failCall } from './call-life.ts';
import { chooseQueue, deflect, queueAndTalk } from './call-queue.ts';
import type { CallStory, Party, Transfer } from './call-story.ts';
import type { CallPlan, Centre } from './centre.ts';
import type { Life } from './engine.ts';
import type { Menu } from './menus.ts';
import { isOpen } from './profile.ts';
import type { Random } from './random.ts';
import { SECOND } from './time.ts';
import { VIRTUAL_AGENTS } from './virtual-agents.ts';

/** An inbound call from its start: the menu, sometimes a virtual agent, the queue, the conversation. */
export function* liveInboundCall(centre: Centre, plan: CallPlan, random: Random): Life {
  const story = centre.openCall(plan, random);
  const caller = centre.party('end_user');
  const byPhone = plan.family === 'ivr';
  const atOnce = plan.callType === 'Voice Inbound (API)';
  centre.call(story, { kind: 'created', status: atOnce ? 'queued' : 'selecting' });
  centre.call(story, { kind: 'invited', party: caller });
  // In the app the menu was chosen before the call began.
  yield byPhone && !atOnce ? random.lognormal(26 * SECOND, 0.5) : random.between(120, 900);
  if (byPhone && !atOnce && random.chance(0.05)) {
    failCall(centre, story, 'eu_in_menu_abandoned', caller);
    return;
  }
  const menu = chooseQueue(random);
  let escalation: Transfer | undefined;
  if (byPhone && random.chance(0.08)) {
    const handled = { isOver: false };
    yield* virtualAgent(centre, story, caller, handled, random);
    if (handled.isOver) return;
    // An older platform does not list the escalation among the transfers.
    if (random.chance(0.7)) escalation = centre.escalate(menu);
  }
  if ((!menu.alwaysOpen && !isOpen(centre.engine.now)) || centre.overCapacity(menu)) {
    // Some are deflected only after they entered the queue.
    if (random.chance(0.2)) yield* leaveQueue(centre, story, menu, random);
    yield* deflect(centre, story, menu, caller, random);
    return;
  }
  yield* queueAndTalk(centre, story, menu, caller, random, { escalation });
}

function* leaveQueue(centre: Centre, story: CallStory, menu: Menu, random: Random): Life {
  centre.call(story, { kind: 'queued', menu });
  yield random.between(2, 15) * SECOND;
}

/** A virtual agent talks to the caller and solves it, fails, or hands over to a human; some callers hang up. */
function* virtualAgent(
  centre: Centre,
  story: CallStory,
  caller: Party,
  handled: { isOver: boolean },
  random: Random,
): Life {
  const party: Party = { ...centre.party('virtual_agent'), virtualAgent: VIRTUAL_AGENTS.reception };
  centre.call(story, { kind: 'status', status: 'va_assigned' });
  centre.call(story, { kind: 'invited', party });
  yield random.between(0.2, 1.2) * SECOND;
  centre.call(story, { kind: 'joined', party });
  centre.call(story, { kind: 'status', status: 'va_connected' });
  yield random.lognormal(70 * SECOND, 0.6);
  const finish = random.weighted([
    ['resolved', 47],
    ['escalated', 43],
    ['consumer_ended', 7],
    ['unexpectedly_ended', 3],
  ] as const);
  centre.call(story, { kind: 'left', party, finish });
  if (finish === 'escalated') {
    centre.call(story, { kind: 'escalated', party });
    return;
  }
  handled.isOver = true;
  if (finish === 'unexpectedly_ended') failCall(centre, story, 'voip_conn_general', caller);
  else failCall(centre, story, 'nothing', caller, 'finished');
}
