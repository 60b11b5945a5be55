import type { CallMetrics } from 'ccaip-ingest/reader';
import type { Change } from './stream-record.ts';

/** A queue on a UTC day. */
export interface QueueDay {
  readonly tenant: string;
  readonly queueId: number;
  /** `YYYY-MM-DD`. */
  readonly day: string;
}

/** What one call contributes to the totals of a queue and day. */
export interface Contribution {
  readonly callId: number | string;
  /** Orders the versions of a call: texts that sort like the versions. */
  readonly version: string;
  /** False once the call no longer shows the queue. The version remains, so that an older one cannot replace it. */
  readonly counts: boolean;
  readonly queueName?: string | undefined;
  /** Entries into the queue. */
  readonly visits?: number | undefined;
  /** Seconds from entry to exit of the visits that an agent answered; null if unknown. */
  readonly answered?: readonly (number | null)[] | undefined;
  /** Visits whose caller hung up. */
  readonly abandoned?: number | undefined;
  /** Seconds of each handled interaction, wrap-up included where it is known. */
  readonly handled?: readonly number[] | undefined;
}

/** A contribution and the totals it belongs to. */
export interface Entry {
  readonly to: QueueDay;
  readonly contribution: Contribution;
}

/**
 * Computes the contributions of a change: one for each queue of the call, and an empty one for each queue that the call no longer
 * shows. The newest version of a contribution of a call to a queue and day is valid, whatever the order and repetition of records. A
 * contribution that did not change is left out.
 */
export function computeEntries({ before, after }: Change): Entry[] {
  const old = before === undefined ? [] : listEntries(before);
  const current = listEntries(after);
  const version = versionOf(after);
  const left = old
    .filter(({ to }) => !current.some((entry) => isSame(entry.to, to)))
    .map(({ to, contribution: { callId } }) => ({ to, contribution: { callId, version, counts: false } }));
  const changed = current.filter(({ to, contribution }) => {
    const known = old.find((entry) => isSame(entry.to, to));
    return known === undefined || contentOf(known.contribution) !== contentOf(contribution);
  });
  return [...left, ...changed];
}

function listEntries(call: CallMetrics): Entry[] {
  const { tenant, call_id, queue_id, queue_name, created_at, queue_visits, agent_legs } = call;
  if (call_id === null) return [];
  const queues = new Set([...queue_visits, ...agent_legs].flatMap((fact) => fact.queue_id ?? []));
  return [...queues].map((queueId) => {
    const visits = queue_visits.filter((visit) => visit.queue_id === queueId);
    return {
      to: { tenant, queueId, day: created_at.slice(0, 10) },
      contribution: {
        callId: call_id,
        version: versionOf(call),
        counts: true,
        queueName: queueId === queue_id ? (queue_name ?? undefined) : undefined,
        visits: visits.length,
        answered: visits.filter(({ exit }) => exit === 'answered').map(({ seconds }) => seconds),
        abandoned: visits.filter(({ exit }) => exit === 'abandoned').length,
        handled: agent_legs
          .filter((leg) => leg.queue_id === queueId)
          .flatMap(({ seconds, wrap_up_seconds }) => (seconds === null ? [] : seconds + (wrap_up_seconds ?? 0))),
      },
    };
  });
}

/**
 * The order of versions of an item of the metrics table: later change, later batch, later extraction, newer rules. The extraction counts
 * as the change if the change has a later time.
 */
const versionOf = ({
  source_updated_at: changed,
  source_batch = '',
  ingested_at,
  metrics_version,
}: CallMetrics): string =>
  [
    changed > ingested_at ? ingested_at : changed,
    source_batch,
    ingested_at,
    String(metrics_version).padStart(6, '0'),
  ].join('#');

const isSame = (a: QueueDay, b: QueueDay): boolean =>
  a.tenant === b.tenant && a.queueId === b.queueId && a.day === b.day;

const contentOf = ({ version: _, ...content }: Contribution): string => JSON.stringify(content);
