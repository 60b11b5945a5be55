import type { TransferFact, TransferKind, TransferOutcome } from '../../catalog/facts.ts';
import type { Instant } from './instant.ts';
import { measure, toSeconds } from './lengths.ts';
import { judge } from './plausibility.ts';
import { type JsonObject, readId, readInstant, readObject, readText } from './record-reader.ts';
import type { Session } from './session.ts';
import { namesQueue, readGivenPlace, readReceivingPlace } from './transfer-places.ts';
import type { Transfer } from './transfers.ts';

/** Describes the transfers of a session in the order in which they were made. */
export function listTransfers(session: Session): TransferFact[] {
  const { transfers } = session;
  return transfers.map((transfer, index) => describeTransfer(session, transfer, index));
}

function describeTransfer(session: Session, transfer: Transfer, index: number): TransferFact {
  const { created, receiver, row, fromAgent, isEscalation } = transfer;
  const kind = findKind(session, transfer);
  const received = receiver?.connected ?? readReceived(session, transfer);
  const from = readGivenPlace(row);
  const to = readReceivingPlace(row);
  return {
    transfer_no: index + 1,
    transfer_id: readId(row.id),
    created_at: created?.text ?? null,
    received_at: received?.text ?? null,
    seconds: toSeconds(measure(created, received)),
    kind,
    from_agent_id: fromAgent,
    from_virtual_agent_id: readId(readObject(row.from_virtual_agent).id),
    from_queue_id: from.id,
    from_queue_path: from.path,
    from_queue_name: from.name,
    to_agent_id:
      transfer.toAgent ??
      (kind === 'queue' || kind === 'none' ? (receiver?.user ?? findAgent(session, transfer)) : null),
    to_virtual_agent_id: readId(readObject(row.to_virtual_agent).id),
    to_queue_id: to.id,
    to_queue_path: to.path,
    to_queue_name: to.name,
    status: readText(row.status),
    fail_reason: readText(row.fail_reason),
    outcome: findOutcome(session, transfer),
    is_escalation: isEscalation,
    cold: received === null ? null : findCold(session, transfer),
    is_retry: session.transfers.slice(0, index).some((earlier) => isRetried(session, earlier, transfer)),
  };
}

/** Without a row of the receiver, the transfer itself may say when it was connected. */
function readReceived({ anomalies, bounds }: Session, { row, outcome }: Transfer): Instant | null {
  const field = 'transfers[].connected_at';
  return outcome === 'transferred'
    ? judge(readInstant(row.connected_at, field, anomalies), field, anomalies, bounds)
    : null;
}

/** Without a row of the receiver, the visit of the queue may name who took the session out of it. */
function findAgent({ visitRows }: Session, { row, outcome }: Transfer): number | null {
  const id = readId(row.id);
  if (id === null || outcome !== 'transferred') return null;
  return readId(visitRows.find(({ transfer_id }) => readId(transfer_id) === id)?.agent_id);
}

/** A transfer to a queue also names the agent who took it from there. Where the API lists queue visits, they tell the two apart. */
function findKind({ visitRows }: Session, { target, row }: Transfer): TransferKind {
  if (target === 'unknown') return 'none';
  if (target !== 'agent') return target;
  if (!namesQueue(row)) return 'agent';
  const id = readId(row.id);
  const isListed = visitRows.some(({ transfer_id }) => readId(transfer_id) !== null);
  return !isListed || visitRows.some(({ transfer_id }) => readId(transfer_id) === id) ? 'queue' : 'agent';
}

function findOutcome({ over }: Session, { outcome, receiver }: Transfer): TransferOutcome {
  if (outcome !== null) return outcome;
  if (receiver !== null) return 'transferred';
  return over ? 'unanswered' : 'open';
}

const isRetried = (session: Session, earlier: Transfer, later: Transfer): boolean => {
  const outcome = findOutcome(session, earlier);
  return outcome !== 'transferred' && outcome !== 'open' && findTarget(earlier.row) === findTarget(later.row);
};

/** Text that tells receivers apart: a queue, else an agent, a virtual agent or a number. */
function findTarget(row: JsonObject): string {
  const { id, name } = readReceivingPlace(row);
  if (id !== null || name !== null) return `queue ${id ?? name}`;
  const agent = readId(readObject(row.to_agent).id);
  if (agent !== null) return `agent ${agent}`;
  return `other ${readId(readObject(row.to_virtual_agent).id) ?? readText(row.to_number) ?? readText(row.phone_number)}`;
}

/** Whether the giver left before the receiver was connected; null if one of them is unknown. */
export function findCold({ connections: { agents }, visitRows, over }: Session, transfer: Transfer): boolean | null {
  const { created, receiver, fromAgent, row } = transfer;
  const id = readId(row.id);
  const visit = id === null ? undefined : visitRows.find((one) => readId(one.transfer_id) === id);
  if (typeof visit?.transfer_cold === 'boolean') return visit.transfer_cold;
  if (created === null || receiver === null || fromAgent === null) return null;
  const giver = agents.findLast(({ user, connected }) => user === fromAgent && connected.time <= created.time);
  if (giver === undefined) return null;
  if (giver.ended === null) return over ? null : false;
  return !giver.endIsAssumed && giver.ended.time <= receiver.connected.time;
}
