import type { MetricResult } from '../../catalog/segment-metrics.ts';
import { type Instant, SKEW_TOLERANCE } from './instant.ts';
import { createMeasured, INCONSISTENT, MISSING_INPUT, NOT_APPLICABLE, PENDING } from './metric-results.ts';
import { type Connection, compareNullLast } from './participants.ts';
import { type Bounds, judge } from './plausibility.ts';
import { readId, readInstant, readObject, readObjects } from './record-reader.ts';

/** A transfer and the agent who received it. */
export interface Transfer {
  /** Null only if the API does not say: then its receiver cannot be found. */
  readonly created: Instant | null;
  readonly toAgent: number | null;
  /** Whether its status says that it succeeded. */
  readonly transferred: boolean;
  readonly receiver: Connection | null;
}

const CREATED_AT = 'transfers[].created_at';

/**
 * Reads the transfers in the order in which they were made and finds their receivers: the earliest agent row not yet
 * taken by an earlier transfer.
 *
 * Among transfers of the same millisecond, those with a known receiver come first, then those that succeeded. So the order
 * in which the API lists them does not matter.
 */
export function readTransfers(
  transfers: unknown,
  agents: readonly Connection[],
  anomalies: string[],
  bounds?: Bounds,
): Transfer[] {
  const objects = readObjects(transfers);
  if (objects.length === 0) return [];
  const free = [...agents];
  return objects
    .map((transfer) => ({
      created: judge(readInstant(transfer.created_at, CREATED_AT, anomalies), CREATED_AT, anomalies, bounds),
      toAgent: readId(readObject(transfer.to_agent).id),
      transferred: transfer.status === 'transferred',
    }))
    .sort(byCreated)
    .map((transfer) => ({ ...transfer, receiver: takeReceiver(transfer, free) }));
}

/**
 * Sum of transfer created -> receiver connected: `transfer_time`. A transfer that succeeded, but whose receiver is not
 * among the participants, is missing from the sum: `approximate`.
 */
export function measureTransferTime(transfers: readonly Transfer[], over: boolean, anomalies: string[]): MetricResult {
  if (!over) return PENDING;
  let sum: number | null = null;
  let incomplete = false;
  let skewed = false;
  for (const { created, receiver, transferred } of transfers) {
    if (created?.isImplausible || receiver?.connected.isImplausible) return INCONSISTENT;
    if (created !== null && receiver !== null) {
      const length = receiver.connected.time - created.time;
      skewed ||= length < 0;
      sum = (sum ?? 0) + Math.max(0, length);
    } else {
      incomplete ||= transferred;
    }
  }
  if (skewed) anomalies.push('clock_skew:transfer_time');
  if (sum === null) return incomplete ? MISSING_INPUT : NOT_APPLICABLE;
  return createMeasured(sum, incomplete || skewed ? 'approximate' : 'ok');
}

function takeReceiver(transfer: Omit<Transfer, 'receiver'>, free: Connection[]): Connection | null {
  const { created, toAgent } = transfer;
  if (created === null) return null;
  const index = free.findIndex(({ user, connected }) => {
    const after = connected.time - created.time;
    // Without a named receiver no clock skew is tolerated: a row that connected before the transfer existed before it.
    return toAgent === null ? after >= 0 : user === toAgent && after > -SKEW_TOLERANCE;
  });
  return index === -1 ? null : (free.splice(index, 1)[0] ?? null);
}

const byCreated = (a: Omit<Transfer, 'receiver'>, b: Omit<Transfer, 'receiver'>): number =>
  compareNullLast(a.created?.time, b.created?.time) ||
  compareNullLast(a.toAgent, b.toAgent) ||
  Number(b.transferred) - Number(a.transferred);
