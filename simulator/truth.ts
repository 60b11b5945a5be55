import type { CallFamily, CallStory } from './call-story.ts';
import { createTimeline, type ExpectedMetric, pairTimes, type Timeline } from './timeline.ts';
import { measureOverlap } from './truth-overlap.ts';
import { createVisibility, type Visibility } from './visibility.ts';

/** The expected metrics of a call, computed from what happened and not from what the API shows. */
export interface TruthOfCall {
  readonly id: number;
  /** The twelve metrics by name. */
  readonly metrics: Readonly<Record<string, ExpectedMetric>>;
  /** Seconds by which a value may differ; absent where `ROUNDING_TOLERANCE` holds. */
  readonly tolerance?: Readonly<Record<string, number>>;
}

/**
 * Seconds by which a metric may differ because the API rounds the fields it is made of. `hold_duration` is a whole
 * second, half a second off at most; talk time is the difference of two such fields. The others come from timestamps.
 */
export const ROUNDING_TOLERANCE: Readonly<Record<string, number>> = {
  billing_time: 0,
  call_time: 0,
  ivr_time: 0,
  queue_time: 0,
  wait_time: 0,
  handle_time: 0,
  transfer_time: 0,
  conference_time: 0,
  third_party_talk_time: 0,
  ring_time: 0,
  talk_time: 1,
  hold_time: 0.5,
};

const WITHOUT_IVR: readonly CallFamily[] = ['internal', 'direct', 'campaign', 'outbound', 'scheduled', 'mobile'];
const WITHOUT_QUEUE: readonly CallFamily[] = ['internal', 'direct', 'outbound'];

const none = (status: string): ExpectedMetric => ({ seconds: null, status });
const whole = (milliseconds: number): ExpectedMetric => ({ seconds: milliseconds / 1000, status: 'ok' });

/** The truth of one call at a virtual time. Only events until then count. */
export function computeTruth(story: CallStory, at: number): TruthOfCall {
  const seen = createVisibility(story);
  const time = createTimeline(story, at, seen);
  const total = time.end !== null ? pairTimes(time.created, time.end) : none(time.over ? 'missing_input' : 'pending');
  const queue = measureQueueTime(story, time);
  return {
    id: story.id,
    metrics: {
      billing_time: total,
      call_time: total,
      ivr_time: measureIvrTime(story, time),
      queue_time: queue,
      wait_time: queue,
      handle_time: measureHandleTime(time),
      transfer_time: measureTransferTime(time, seen),
      conference_time: time.over ? conferenceTime(time, seen) : none('pending'),
      third_party_talk_time: time.over ? thirdPartyTime(time, seen) : none('pending'),
      ring_time: measureRingTime(time, seen),
      talk_time: measureTalkTime(time, seen),
      hold_time: measureHoldTime(time, seen),
    },
  };
}

/** The status of a metric without a measurement: it may still get one, or never will. */
const absent = (time: Timeline) => none(time.over ? 'not_applicable' : 'pending');

function measureIvrTime(story: CallStory, time: Timeline): ExpectedMetric {
  if (WITHOUT_IVR.includes(story.family)) return none('not_applicable');
  return time.queued === null ? absent(time) : pairTimes(time.created, time.queued);
}

function measureQueueTime(story: CallStory, time: Timeline): ExpectedMetric {
  if (WITHOUT_QUEUE.includes(story.family)) return none('not_applicable');
  if (time.queued === null || time.connected === null) return absent(time);
  return pairTimes(time.queued, time.connected);
}

function measureHandleTime(time: Timeline): ExpectedMetric {
  if (time.connected === null) return absent(time);
  if (time.end === null) return none(time.over ? 'missing_input' : 'pending');
  return pairTimes(time.connected, time.end);
}

function measureRingTime(time: Timeline, seen: Visibility): ExpectedMetric {
  if (time.connected === null) return absent(time);
  if (seen.connecting && time.connecting !== null) return pairTimes(time.connecting, time.connected);
  if (!seen.assigned || time.assigned === null) return none(time.over ? 'missing_input' : 'pending');
  return { ...pairTimes(time.assigned, time.connected), status: 'approximate' };
}

function measureTalkTime(time: Timeline, seen: Visibility): ExpectedMetric {
  if (!time.over) return none('pending');
  if (time.connected === null) return none('not_applicable');
  if (!seen.duration || time.hungUp === null) return none('missing_input');
  const connected = time.hungUp - time.connected;
  return seen.hold ? whole(connected - time.held) : { ...whole(connected), status: 'approximate' };
}

function measureHoldTime(time: Timeline, seen: Visibility): ExpectedMetric {
  if (!time.over) return none('pending');
  if (time.connected === null) return none('not_applicable');
  return seen.hold ? whole(time.held) : none('missing_input');
}

/** From the start of each transfer to the moment its receiver was on the line. */
function measureTransferTime(time: Timeline, seen: Visibility): ExpectedMetric {
  if (!time.over) return none('pending');
  // Without participants nothing is missed of a receiver who never has a row, and an escalation cannot be told apart.
  const known = time.transfers.filter((one) => (seen.participants ? !one.isEscalation : !one.isOutside));
  const received = known.flatMap((one) => (one.received === null ? [] : [one.received - one.started]));
  if (received.length === 0) return none('not_applicable');
  if (!seen.participants) return none('missing_input');
  return whole(received.reduce((sum, one) => sum + one, 0));
}

function conferenceTime(time: Timeline, seen: Visibility): ExpectedMetric {
  const agents = time.presences.filter((one) => one.party.agent !== null);
  if (!seen.participants || new Set(agents.map((one) => one.party.agent)).size < 2) return none('not_applicable');
  const milliseconds = measureOverlap(agents, (present) => new Set(present.map((one) => one.party.agent)).size >= 2);
  // A row that the API leaves open ends with the call: the same value, known less directly.
  return seen.openRow === null ? whole(milliseconds) : { ...whole(milliseconds), status: 'approximate' };
}

function thirdPartyTime(time: Timeline, seen: Visibility): ExpectedMetric {
  if (!seen.participants || !time.presences.some((one) => one.party.type === 'third_party'))
    return none('not_applicable');
  const milliseconds = measureOverlap(time.presences, (present) => {
    return present.some((one) => one.party.type === 'third_party') && present.some((one) => one.party.agent !== null);
  });
  return whole(milliseconds);
}
