import { type CallStory, isToNumber, type Party, type Transfer } from './call-story.ts';
import type { Visibility } from './visibility.ts';

/** A metric's expected value in seconds (null where there is none) and status. */
export interface ExpectedMetric {
  readonly seconds: number | null;
  readonly status: string;
}

/** A person on the line, virtual epoch milliseconds. */
export interface Presence {
  readonly party: Party;
  readonly from: number;
  readonly to: number;
}

/** The moments of a call that its metrics are made of; null for what has not happened. */
export interface Timeline {
  readonly created: number;
  readonly queued: number | null;
  readonly assigned: number | null;
  readonly connecting: number | null;
  readonly connected: number | null;
  /** When it ended, as far as the API tells. */
  readonly end: number | null;
  /** When it really ended. */
  readonly hungUp: number | null;
  readonly over: boolean;
  /** Milliseconds on hold. */
  readonly held: number;
  readonly presences: readonly Presence[];
  readonly transfers: readonly {
    readonly started: number;
    readonly received: number | null;
    /** Received by a virtual agent or a telephone number. */
    readonly isOutside: boolean;
    /** The hand-over of a virtual agent: its seconds are waiting time in the queue. */
    readonly isEscalation: boolean;
  }[];
}

/** Statuses of a call that is over even if its end is not shown. */
const CLOSED = ['finished', 'failed', 'recovered', 'deflected', 'action_only_finished', 'voicemail_read'];

/** Reads the moments off the event log, up to a virtual time. */
export function createTimeline(story: CallStory, at: number, seen: Visibility): Timeline {
  const events = story.events.filter((event) => event.at <= at);
  const first = (kind: string) => events.find((event) => event.kind === kind)?.at ?? null;
  const connection = events.find((event) => event.kind === 'connected');
  const hungUp = first('ended');
  const end = seen.end ? hungUp : null;
  const statuses = events.flatMap((event) => {
    if (event.kind === 'queued' || event.kind === 'assigned' || event.kind === 'voicemail') return ['open'];
    if (event.kind === 'deflected') return ['deflected'];
    return 'status' in event ? [event.status] : [];
  });
  return {
    created: first('created') ?? 0,
    queued: connection?.queueClock ?? first('queued'),
    assigned: first('assigned'),
    connecting: first('connecting'),
    connected: connection?.at ?? null,
    end,
    hungUp,
    over: end !== null || CLOSED.includes(statuses.at(-1) ?? 'open'),
    held: heldOf(events),
    presences: presencesOf(events, hungUp ?? at),
    transfers: transfersOf(events),
  };
}

function heldOf(events: CallStory['events']): number {
  let sum = 0;
  for (const event of events) {
    if (event.kind === 'held') sum -= event.at;
    if (event.kind === 'resumed') sum += event.at;
  }
  // Someone is on hold right now: the hold of an open call is not measured yet.
  return Math.max(0, sum);
}

function presencesOf(events: CallStory['events'], latest: number): readonly Presence[] {
  return events.flatMap((event) => {
    if (event.kind !== 'joined') return [];
    const { party } = event;
    const left = events.find((other) => other.kind === 'left' && other.party === party)?.at ?? latest;
    return [{ party, from: event.at, to: left }];
  });
}

function transfersOf(events: CallStory['events']): Timeline['transfers'] {
  const received = new Map<Transfer, number>();
  for (const event of events) if (event.kind === 'transfer_received') received.set(event.transfer, event.at);
  return events.flatMap((event) =>
    event.kind === 'transfer_started'
      ? [
          {
            started: event.at,
            received: received.get(event.transfer) ?? null,
            isEscalation: event.transfer.from === null,
            isOutside: event.transfer.toVirtualAgent !== undefined || isToNumber(event.transfer),
          },
        ]
      : [],
  );
}

/** The seconds between two moments; a skew below one second counts as nothing and says so. */
export function pairTimes(from: number, to: number): ExpectedMetric {
  const milliseconds = to - from;
  if (milliseconds >= 0) return { seconds: milliseconds / 1000, status: 'ok' };
  return milliseconds > -1000 ? { seconds: 0, status: 'approximate' } : { seconds: null, status: 'inconsistent' };
}
