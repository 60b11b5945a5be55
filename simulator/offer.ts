import type { CallStory } from './call-story.ts';
import type { Centre } from './centre.ts';
import type { Life } from './engine.ts';
import type { Seat, Ticket } from './floor.ts';
import type { Random } from './random.ts';
import { STATUS } from './statuses.ts';
import { SECOND } from './time.ts';

/** How long a caller waits before hanging up: most wait for minutes, some do not wait. */
export function drawPatience(random: Random): number {
  return random.chance(0.04) ? random.between(2, 12) * SECOND : random.exponential(260 * SECOND) + 15 * SECOND;
}

/** The agent did not answer: has a separate status for a while, then is free again. */
export function missOffer(centre: Centre, seat: Seat, callId: number, random: Random): void {
  centre.log.notify(seat.agent, 'deltacast_call_missed', { callId });
  centre.log.enter(seat.agent, STATUS.missedCall, { callId });
  centre.later(random.between(15, 60) * SECOND, () => centre.floor.free(seat));
}

/**
 * Waits in a queue and is offered to agents until one picks up (`ticket.seat`) or patience ends (null).
 * No caller hangs up during an offer, so that a hang-up always has its exact time.
 */
export function* offerCall(centre: Centre, story: CallStory, ticket: Ticket, patienceMs: number, random: Random): Life {
  const { engine, floor, log } = centre;
  const deadline = engine.now + patienceMs;
  const about = { callId: story.id };
  for (let round = 1; ; round += 1) {
    yield* floor.wait(ticket, Math.max(1, deadline - engine.now));
    const { seat } = ticket;
    if (!seat) return;
    yield random.between(0.15, 0.9) * SECOND;
    centre.call(story, { kind: 'offered', group: `Group ${Math.min(round, 3)}` });
    log.notify(seat.agent, 'deltacast_call_notification_offered', about);
    if (random.chance(0.03)) {
      yield 15 * SECOND;
      missOffer(centre, seat, story.id, random);
      continue;
    }
    yield random.between(1, 6) * SECOND;
    log.notify(seat.agent, 'deltacast_call_pick_up_attempt', { ...about, by: seat.agent });
    return;
  }
}
