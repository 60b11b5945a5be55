import { CALLBACK, dial, OUTBOUND, talkOn } from './call-life.ts';
import { liveScheduledCall } from './call-queue.ts';
import type { CallPlan, Centre } from './centre.ts';
import { liveChat } from './chat-life.ts';
import type { Life } from './engine.ts';
import type { Seat } from './floor.ts';
import { liveInboundCall } from './inbound.ts';
import { computeOfficeTime, drawArrivalTimes } from './profile.ts';
import type { Random } from './random.ts';
import { STATUS } from './statuses.ts';
import { SECOND } from './time.ts';
import { planWorkdays } from './workdays.ts';

type Beginning = (centre: Centre, random: Random) => Life | null;

const inboundPlan = (
  family: 'ivr' | 'mobile',
  callType: string,
  sessionType: string,
  className?: string,
): Beginning => {
  const plan: CallPlan = { family, callType, sessionType, ...(className ? { className } : {}) };
  return (centre, random) => liveInboundCall(centre, plan, random);
};

const booking = (plan: CallPlan): Beginning => {
  return (centre, random) =>
    liveScheduledCall(centre, plan, computeOfficeTime(centre.engine.now, random.integer(1, 4), random), random);
};

const outbound = (callType: string): Beginning => {
  return (centre, random) => {
    const seat = centre.floor.take(() => true);
    if (!seat) return null;
    const old = callType === OUTBOUND.callType ? {} : { className: 'DirectCall' };
    return dial(
      centre,
      centre.openCall({ ...OUTBOUND, ...old, callType, sessionType: callType }, random),
      seat,
      random,
      0.22,
    );
  };
};

/** One agent calls another. */
const internal: Beginning = (centre, random) => {
  const from = centre.floor.take(() => true);
  const to = from && centre.floor.take(() => true);
  if (!from) return null;
  if (!to) {
    centre.floor.free(from);
    return null;
  }
  return internalCall(centre, from, to, random);
};

function* internalCall(centre: Centre, from: Seat, to: Seat, random: Random): Life {
  const plan: CallPlan = {
    family: 'internal',
    callType: 'Voice Internal',
    sessionType: 'Voice Internal',
    endUserId: null,
  };
  const story = centre.openCall(plan, random);
  const caller = centre.party('agent', from.agent);
  centre.call(story, { kind: 'created', status: 'assigned' });
  centre.call(story, { kind: 'invited', party: caller });
  yield random.integer(20, 80);
  centre.log.notify(from.agent, 'call_outbound_dialing', { callId: story.id, by: from.agent });
  centre.log.enter(from.agent, STATUS.inCall, { callId: story.id });
  const line = {
    talk: null,
    failReason: random.chance(0.1) ? 'eu_canceled' : 'nothing',
    ringMs: random.between(2, 10) * SECOND,
    status: 'connected',
  };
  yield* talkOn(centre, story, to, caller, line, random);
  centre.wrapUp(from, caller, story, random);
}

/** A number from a campaign's list: shown to an agent first, then dialled. */
const campaign: Beginning = (centre, random) => {
  const seat = centre.floor.take(() => true);
  if (!seat) return null;
  return campaignCall(centre, seat, random);
};

function* campaignCall(centre: Centre, seat: Seat, random: Random): Life {
  const preview = random.chance(0.5);
  const type = 'Voice Campaign';
  const story = centre.openCall({ family: 'campaign', callType: type, sessionType: type, preview }, random);
  const contact = centre.party('campaign_contact');
  centre.call(story, { kind: 'created', status: preview ? 'preview_pending' : 'campaign_connecting' });
  centre.call(story, { kind: 'invited', party: contact });
  if (preview) {
    yield random.between(0.3, 2) * SECOND;
    centre.call(story, { kind: 'status', status: 'preview_ready' });
    yield random.lognormal(12 * SECOND, 0.5);
  } else yield random.integer(20, 200);
  const failReason = random.chance(0.4) ? random.pick(['eu_no_answer', 'eu_busy', 'machine_detected']) : 'nothing';
  const line = { talk: null, failReason, ringMs: random.between(3, 20) * SECOND, status: 'campaign_connected' };
  yield* talkOn(centre, story, seat, contact, line, random);
}

/** A caller dials the number or the extension of an agent. */
const direct = (type: string): Beginning => {
  return (centre, random) => {
    const seat = centre.floor.take(() => true);
    return seat ? directCall(centre, seat, type, random) : null;
  };
};

function* directCall(centre: Centre, seat: Seat, type: string, random: Random): Life {
  const story = centre.openCall({ family: 'direct', callType: type, sessionType: type }, random);
  const caller = centre.party('end_user');
  centre.call(story, { kind: 'created', status: 'connecting' });
  centre.call(story, { kind: 'invited', party: caller });
  yield random.integer(100, 900);
  const failReason = random.chance(0.12) ? random.pick(['eu_canceled', 'ag_ignored']) : 'nothing';
  const line = { talk: null, failReason, ringMs: random.between(2, 12) * SECOND, status: 'connected' };
  yield* talkOn(centre, story, seat, caller, line, random);
}

const BEGINNINGS: readonly (readonly [Beginning, number])[] = [
  [inboundPlan('ivr', 'Voice Inbound (IVR)', 'Voice Inbound (IVR)', 'IvrCall'), 46],
  [inboundPlan('ivr', 'Voice Inbound (IVR)', 'Voice Inbound (PSTN)', 'IvrCall'), 8],
  [inboundPlan('ivr', 'Voice Inbound (IVR)', 'Voice Inbound (IVR using Mobile)'), 3],
  [inboundPlan('ivr', 'Voice Inbound (API)', 'Voice Inbound (API)'), 3],
  [inboundPlan('mobile', 'Voice Inbound (App)', 'Voice Inbound (Mobile)'), 14],
  [inboundPlan('mobile', 'Voice Inbound (Web)', 'Voice Inbound (Web)'), 3],
  [booking({ ...CALLBACK, callType: 'Voice Scheduled (API)', sessionType: 'Voice Scheduled (API)' }), 2],
  [booking(CALLBACK), 1],
  // The documented sample: a scheduled call that has the type of an inbound one.
  [booking({ family: 'scheduled', callType: 'Voice Inbound (API)', sessionType: 'Voice Inbound (API)' }), 1],
  [outbound('Voice Outbound'), 8],
  [outbound('Voice Outbound (API)'), 2],
  [direct('Voice Inbound (Direct)'), 2],
  [direct('Voice Inbound (Extension)'), 1],
  [internal, 3],
  [campaign, 6],
];

/** Runs the centre: agents come to work, calls and chats arrive, until everything is completed. */
export function liveDay(centre: Centre): void {
  const { engine, span, options, random } = centre;
  const [manager] = centre.floor.seats;
  if (manager === undefined) throw new RangeError('a centre has at least one seat');
  for (const seat of centre.floor.seats) engine.begin(planWorkdays(centre, seat, manager, span, random.fork()));
  const draws = random.fork();
  const calls = drawArrivalTimes(span, options.callsPerDay, random.fork(), () => {
    const beginning = draws.weighted(BEGINNINGS);
    const life = beginning(centre, draws.fork());
    if (life) centre.begin(life);
  });
  const chatDraws = random.fork();
  const chats = drawArrivalTimes(span, options.callsPerDay * 0.4, random.fork(), () => {
    centre.begin(liveChat(centre, chatDraws.fork()));
  });
  engine.begin(calls, span.startMs);
  engine.begin(chats, span.startMs);
  engine.run();
}
