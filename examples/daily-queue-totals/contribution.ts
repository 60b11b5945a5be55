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
  /** False once the call belongs to another queue. The version remains, so that an older one cannot replace it. */
  readonly counts: boolean;
  readonly queueName?: string | undefined;
  /** Seconds; undefined without a value. */
  readonly handleTime?: number | undefined;
  /** Seconds from queued to connected; undefined if the call was not answered from the queue. */
  readonly queueTime?: number | undefined;
  readonly abandoned?: boolean | undefined;
}

/** A contribution and the totals it belongs to. */
export interface Entry {
  readonly to: QueueDay;
  readonly contribution: Contribution;
}

/**
 * Computes the contributions of a change: that of the call and, if the call has left a queue, an empty one for that
 * queue. The newest version of a contribution of a call to a queue and day is valid, whatever the order and repetition
 * of records. A change that does not affect the contribution gives none.
 */
export function computeEntries({ before, after }: Change): Entry[] {
  const old = before && entryOf(before);
  const current = entryOf(after);
  const left =
    old !== undefined && (current === undefined || !isSame(old.to, current.to))
      ? [{ to: old.to, contribution: { callId: old.contribution.callId, version: versionOf(after), counts: false } }]
      : [];
  if (current === undefined) return left;
  const isUnchanged =
    old !== undefined && left.length === 0 && contentOf(old.contribution) === contentOf(current.contribution);
  return isUnchanged ? [] : [...left, current];
}

/** Undefined for a call without a queue. */
function entryOf(call: CallMetrics): Entry | undefined {
  const { tenant, call_id, queue_id, queue_name, created_at, metrics, segments } = call;
  if (queue_id === null || call_id === null) return undefined;
  return {
    to: { tenant, queueId: queue_id, day: created_at.slice(0, 10) },
    contribution: {
      callId: call_id,
      version: versionOf(call),
      counts: true,
      queueName: queue_name ?? undefined,
      handleTime: metrics.handle_time.seconds ?? undefined,
      queueTime: metrics.queue_time.seconds ?? undefined,
      abandoned: segments.some(({ kind, outcome }) => kind === 'queue' && outcome === 'abandoned') || undefined,
    },
  };
}

/** The order of versions of an item of the metrics table: later change, newer rules, later extraction. */
const versionOf = ({ source_updated_at, metrics_version, ingested_at }: CallMetrics): string =>
  [source_updated_at, String(metrics_version).padStart(6, '0'), ingested_at].join('#');

const isSame = (a: QueueDay, b: QueueDay): boolean =>
  a.tenant === b.tenant && a.queueId === b.queueId && a.day === b.day;

const contentOf = ({ version: _, ...content }: Contribution): string => JSON.stringify(content);
