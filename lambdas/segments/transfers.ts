import type { MetricResult } from '../../catalog/segment-metrics.ts';
import type { CallInputs } from './inputs.ts';
import { type Instant, SKEW_TOLERANCE } from './instant.ts';
import { createMeasured, INCONSISTENT, MISSING_INPUT, NOT_APPLICABLE, PENDING } from './metric-results.ts';
import { type Connection, type Connections, compareNullLast, readVirtualAgents } from './participants.ts';
import { type Bounds, judge } from './plausibility.ts';
import { type JsonObject, readId, readInstant, readObject, readObjects, readText } from './record-reader.ts';

/** What a transfer went to. `unknown` if the API names nothing: then the agent who connects next received it. */
type Target = 'agent' | 'queue' | 'virtual_agent' | 'third_party' | 'unknown';

/** A transfer and the participant who received it. */
export interface Transfer {
  /** Null only if the API does not say: then its receiver cannot be found. */
  readonly created: Instant | null;
  readonly fromAgent: number | null;
  readonly toAgent: number | null;
  readonly target: Target;
  /** From a virtual agent to a human: an escalation. */
  readonly isEscalation: boolean;
  /** What its status says of its end; null if it has none, or one that is not an end. */
  readonly outcome: 'transferred' | 'failed' | 'cancelled' | null;
  /** Always null if it did not succeed: its receiver came for another reason. */
  readonly receiver: Connection | null;
  /** When the call continued without it: the next transfer, or the return of the agent who made it. */
  readonly resolved: Instant | null;
  /** The transfer as the API sent it. */
  readonly row: JsonObject;
}

type Unmatched = Omit<Transfer, 'receiver' | 'resolved'> & { readonly canSucceed: boolean };

const CREATED_AT = 'transfers[].created_at';

/** Fields in which a transfer to a telephone number names it. */
const NUMBER_FIELDS = ['to_number', 'to_phone_number', 'phone_number'];

/**
 * Reads the transfers in the order in which they were made and finds their receivers: the earliest row of the kind that
 * the transfer went to and that no earlier transfer has taken.
 *
 * Among transfers of the same millisecond, those with a known receiver come first, then those that succeeded. So the order
 * in which the API lists them does not matter.
 */
export function readTransfers(
  { transfers, participants }: JsonObject,
  { agents, thirdParties }: Connections,
  { ended, bounds }: Pick<CallInputs, 'ended' | 'bounds'>,
  anomalies: string[],
): Transfer[] {
  const objects = readObjects(transfers);
  if (objects.length === 0) return [];
  const read = objects.map((transfer) => readTransfer(transfer, anomalies, bounds)).sort(byCreated);
  const hasVirtualAgents = read.some(({ target }) => target === 'virtual_agent');
  const free = {
    agents: [...agents],
    thirdParties: [...thirdParties],
    virtualAgents: hasVirtualAgents ? readVirtualAgents(participants, ended) : [],
  };
  return read.map(({ canSucceed, ...transfer }, index, all) => ({
    ...transfer,
    receiver: canSucceed ? takeReceiver(transfer, free) : null,
    resolved: findResolution(transfer, all[index + 1], agents),
  }));
}

function readTransfer(transfer: JsonObject, anomalies: string[], bounds?: Bounds): Unmatched {
  const status = readText(transfer.status);
  const toAgent = readId(readObject(transfer.to_agent).id);
  const target = toAgent === null ? readTarget(transfer) : 'agent';
  const isFromVirtualAgent = Object.keys(readObject(transfer.from_virtual_agent)).length > 0;
  return {
    created: judge(readInstant(transfer.created_at, CREATED_AT, anomalies), CREATED_AT, anomalies, bounds),
    fromAgent: readId(readObject(transfer.from_agent).id),
    toAgent,
    target,
    isEscalation: isFromVirtualAgent && target !== 'virtual_agent',
    outcome: readOutcome(status),
    canSucceed: status === null || status === 'transferred',
    row: transfer,
  };
}

/** What a transfer without a named agent went to. */
function readTarget(transfer: JsonObject): Target {
  if (Object.keys(readObject(transfer.to_virtual_agent)).length > 0) return 'virtual_agent';
  if (NUMBER_FIELDS.some((field) => readText(transfer[field]) !== null)) return 'third_party';
  const hasMenu = Object.keys(readObject(transfer.to_menu)).length > 0;
  return hasMenu ||
    readText(transfer.to_menu_path) !== null ||
    Object.keys(readObject(transfer.to_menu_path)).length > 0
    ? 'queue'
    : 'unknown';
}

function readOutcome(status: string | null): Transfer['outcome'] {
  if (status === 'transferred' || status === 'failed') return status;
  return status === 'cancelled' || status === 'canceled' ? 'cancelled' : null;
}

/**
 * Sum of transfer created -> receiver connected: `transfer_time`. A transfer that succeeded, but whose receiver is not
 * among the participants, is missing from the sum: `approximate`. A virtual agent or a telephone number has no row where
 * the API shows none of its kind, so nothing is missing there.
 *
 * An escalation by a virtual agent that waited in the call's own queue adds nothing: these seconds are its queue time.
 */
export function measureTransferTime(
  transfers: readonly Transfer[],
  inputs: CallInputs,
  anomalies: string[],
): MetricResult {
  if (!inputs.over) return PENDING;
  let sum: number | null = null;
  let incomplete = false;
  let skewed = false;
  for (const transfer of transfers) {
    const { created, receiver, outcome, target } = transfer;
    if (created?.isImplausible || receiver?.connected.isImplausible) return INCONSISTENT;
    if (created !== null && receiver !== null) {
      if (isQueueTime(transfer, inputs)) continue;
      const length = receiver.connected.time - created.time;
      skewed ||= length < 0;
      sum = (sum ?? 0) + Math.max(0, length);
    } else {
      incomplete ||= outcome === 'transferred' && target !== 'virtual_agent' && target !== 'third_party';
    }
  }
  if (skewed) anomalies.push('clock_skew:transfer_time');
  if (sum === null) return incomplete ? MISSING_INPUT : NOT_APPLICABLE;
  return createMeasured(sum, incomplete || skewed ? 'approximate' : 'ok');
}

/** Whether a transfer is an escalation whose seconds are the queue time of the call. */
export const isQueueTime = (
  { created, receiver, isEscalation }: Transfer,
  { queued, connected }: Pick<CallInputs, 'queued' | 'connected'>,
): boolean =>
  isEscalation &&
  created !== null &&
  receiver !== null &&
  queued !== null &&
  connected !== null &&
  created.time > queued.time - SKEW_TOLERANCE &&
  receiver.connected.time < connected.time + SKEW_TOLERANCE;

type Free = Readonly<Record<'agents' | 'virtualAgents' | 'thirdParties', Connection[]>>;

function takeReceiver({ created, toAgent, target }: Omit<Unmatched, 'canSucceed'>, free: Free): Connection | null {
  if (created === null) return null;
  if (target === 'virtual_agent') return takeFirst(free.virtualAgents, created.time);
  if (target === 'third_party') return takeFirst(free.thirdParties, created.time);
  if (toAgent === null) return takeFirst(free.agents, created.time);
  return take(free.agents, ({ user, connected }) => user === toAgent && connected.time > created.time - SKEW_TOLERANCE);
}

/** Without a named receiver no clock skew is tolerated: a row that connected before the transfer existed before it. */
const takeFirst = (rows: Connection[], from: number) => take(rows, ({ connected }) => connected.time >= from);

function take(rows: Connection[], isReceiver: (row: Connection) => boolean): Connection | null {
  const index = rows.findIndex(isReceiver);
  return index === -1 ? null : (rows.splice(index, 1)[0] ?? null);
}

function findResolution(
  { created, fromAgent }: Pick<Transfer, 'created' | 'fromAgent'>,
  next: Pick<Transfer, 'created'> | undefined,
  agents: readonly Connection[],
): Instant | null {
  if (created === null) return null;
  const isLater = (instant: Instant) => instant.time > created.time;
  const returned =
    fromAgent === null ? undefined : agents.find(({ user, connected }) => user === fromAgent && isLater(connected));
  const [first = null] = [next?.created ?? [], returned?.connected ?? []]
    .flat()
    .filter(isLater)
    .sort((a, b) => a.time - b.time);
  return first;
}

const byCreated = (a: Unmatched, b: Unmatched): number =>
  compareNullLast(a.created?.time, b.created?.time) ||
  compareNullLast(a.toAgent, b.toAgent) ||
  Number(b.outcome === 'transferred') - Number(a.outcome === 'transferred') ||
  compareNullLast(readId(a.row.id), readId(b.row.id)) ||
  (readText(a.row.status) ?? '').localeCompare(readText(b.row.status) ?? '');
