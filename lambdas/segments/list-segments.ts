import type { MetricResult, Segment } from '../../catalog/segment-metrics.ts';
import { canQueue, FAMILY_SEGMENTS } from './families.ts';
import type { CallInputs } from './inputs.ts';
import { createSegment } from './segment.ts';
import type { Span } from './spans.ts';
import { isQueueTime, type Transfer } from './transfers.ts';

/** What the list of segments is computed from, besides the inputs of the call. */
export interface SegmentSources {
  readonly talk: MetricResult;
  readonly hold: MetricResult;
  readonly transfers: readonly Transfer[];
  readonly conferences: readonly Span[];
  readonly thirdPartyTalks: readonly Span[];
}

/**
 * Lists the segments of a call by start. `hold`, which has no start, comes last; so does talk whose start is implausible.
 *
 * Parts of an open call that are running have a start only; conferences and talks of third parties are listed once the
 * call is over.
 */
export function listSegments(inputs: CallInputs, sources: SegmentSources): Segment[] {
  const segments: Segment[] = [];
  addMenu(segments, inputs);
  addQueue(segments, inputs);
  addRing(segments, inputs);
  addTalk(segments, inputs, sources.talk);
  for (const transfer of sources.transfers) addTransfer(segments, transfer, inputs);
  for (const { start, end } of sources.conferences) place(segments, createSegment('conference', start, end));
  for (const { start, end } of sources.thirdPartyTalks) place(segments, createSegment('third_party', start, end));
  const { connected } = inputs;
  if (connected?.isImplausible && sources.talk.seconds !== null)
    segments.push({ kind: 'talk', seconds: sources.talk.seconds });
  const { seconds } = sources.hold;
  if (seconds !== null && seconds > 0) segments.push({ kind: 'hold', seconds });
  return segments;
}

function addMenu(segments: Segment[], inputs: CallInputs): void {
  const { family, created, queued, connecting, connected, ended, over } = inputs;
  if (created === null || created.isImplausible || !FAMILY_SEGMENTS[family].ivr) return;
  if (queued !== null) place(segments, createSegment('ivr', created, queued));
  // A call of an unknown type need not have a menu, so without a queue only the family with one shows it.
  else if (family !== 'ivr' || connecting !== null || connected !== null) return;
  else if (!over) place(segments, createSegment('ivr', created, null));
  else if (inputs.failReason === 'eu_in_menu_abandoned')
    place(segments, { ...createSegment('ivr', created, ended), outcome: 'abandoned' });
}

/** The queue lasts until an agent is connected, or until the end of the call: abandon time counts. */
function addQueue(segments: Segment[], { family, queued, connected, ended, status, failReason }: CallInputs): void {
  if (queued === null || !canQueue(family, true)) return;
  const queue = createSegment('queue', queued, connected ?? ended);
  if (connected !== null) place(segments, queue);
  else if (failReason === 'eu_abandoned') place(segments, { ...queue, outcome: 'abandoned' });
  else if (status === 'deflected') place(segments, { ...queue, outcome: 'deflected' });
  else place(segments, queue);
}

function addRing(segments: Segment[], { connecting, connected, over }: CallInputs): void {
  if (connecting === null || connecting.isImplausible || (connected === null && over)) return;
  place(segments, createSegment('ring', connecting, connected));
}

/** The time on hold is somewhere between start and end, so the seconds are those of the metric. */
function addTalk(segments: Segment[], { connected, ended }: CallInputs, { seconds }: MetricResult): void {
  if (connected === null || connected.isImplausible) return;
  const start = connected.text;
  const { end } = createSegment('talk', connected, ended);
  if (end === undefined) place(segments, seconds === null ? { kind: 'talk', start } : { kind: 'talk', start, seconds });
  else place(segments, seconds === null ? { kind: 'talk', start, end } : { kind: 'talk', start, end, seconds });
}

/** A transfer without a receiver lasts until the call continued without it. An escalation in the queue is the queue segment. */
function addTransfer(segments: Segment[], transfer: Transfer, inputs: CallInputs): void {
  const { over, ended } = inputs;
  const { created, toAgent, receiver, resolved, outcome } = transfer;
  if (created === null || isQueueTime(transfer, inputs)) return;
  const user = receiver?.user ?? toAgent;
  const isLost = receiver === null && outcome !== 'transferred';
  place(segments, {
    ...createSegment('transfer', created, receiver?.connected ?? (isLost ? (resolved ?? ended) : null)),
    ...(receiver !== null && receiver.participant !== null && { participant: receiver.participant }),
    ...(user !== null && { user }),
    ...(isLost && over && { outcome: outcome ?? 'unanswered' }),
  });
}

/**
 * Inserts by start, after what begins at the same time. Nearly all segments come in order, which makes this cheaper than
 * sorting. Canonical texts of the same length compare as the times they stand for.
 */
function place(segments: Segment[], segment: Segment): void {
  const { start = '' } = segment;
  const before = segments.findLastIndex((other) => (other.start ?? '') <= start);
  if (before === segments.length - 1) segments.push(segment);
  else segments.splice(before + 1, 0, segment);
}
