import type { TransferFact, TransferKind, TransferOutcome } from '../catalog/facts.ts';
import type { Transfer } from './call-story.ts';
import type { Handover } from './truth-course.ts';
import { type ExpectedSession, toName, toPath, toText } from './truth-session.ts';

/** The transfers that a record is expected to give. */
export function expectTransfers(session: ExpectedSession): readonly TransferFact[] {
  return session.course.handovers.map((handover, index) => expectTransfer(session, handover, index));
}

function expectTransfer(session: ExpectedSession, handover: Handover, index: number): TransferFact {
  const { transfer, fromMenu } = handover;
  const { toMenu } = transfer;
  const received = isReceiptShown(session) ? handover.received : null;
  const earlier = session.course.handovers.slice(0, index);
  return {
    transfer_no: index + 1,
    transfer_id: transfer.id,
    created_at: toText(handover.started),
    received_at: toText(received),
    seconds: received === null ? null : (received - handover.started) / 1000,
    kind: findKind(handover),
    from_agent_id: transfer.from?.id ?? null,
    from_virtual_agent_id: transfer.fromVirtualAgent?.id ?? null,
    from_queue_id: fromMenu?.id ?? null,
    from_queue_path: fromMenu ? toPath(fromMenu) : null,
    from_queue_name: fromMenu ? toName(fromMenu) : null,
    to_agent_id: (transfer.toAgent ?? handover.receiver)?.id ?? null,
    to_virtual_agent_id: transfer.toVirtualAgent?.id ?? null,
    to_queue_id: toMenu?.id ?? null,
    to_queue_path: toMenu ? toPath(toMenu) : null,
    to_queue_name: toMenu ? toName(toMenu) : null,
    status: handover.status,
    fail_reason: handover.reason,
    outcome: findOutcome(session, handover),
    is_escalation: transfer.fromVirtualAgent !== undefined,
    cold: received === null ? null : isGiverGone(session, transfer, received),
    is_retry: earlier.some((one) => one.status !== 'transferred' && hasSameReceiver(one, handover)),
  };
}

/** A receiver is known by its row among the participants or by the time in the transfer. */
const isReceiptShown = ({ sight }: ExpectedSession) => sight.participants || sight.transferTimes;

function findKind({ transfer }: Handover): TransferKind {
  if (transfer.toVirtualAgent) return 'virtual_agent';
  if (transfer.toMenu) return 'queue';
  if (transfer.toAgent) return 'agent';
  return 'third_party';
}

function findOutcome({ over }: ExpectedSession, { status }: Handover): TransferOutcome {
  if (status === 'transferring') return over ? 'unanswered' : 'open';
  return status;
}

/**
 * Whether the giver had left before the receiver was connected. The row of a visit says it, else the times of both.
 * A virtual agent is not named among the participants.
 */
export function isGiverGone({ course, sight }: ExpectedSession, transfer: Transfer, received: number): boolean | null {
  if (sight.queueRows && transfer.toMenu) return transfer.cold;
  if (!sight.participants || transfer.from === null) return null;
  const giver = course.attendances.findLast(({ party, from }) => from < received && party.agent === transfer.from);
  return giver === undefined ? null : giver.to !== null && giver.to < received;
}

function hasSameReceiver({ transfer: a }: Handover, { transfer: b }: Handover): boolean {
  if (a.toVirtualAgent || b.toVirtualAgent) return a.toVirtualAgent === b.toVirtualAgent;
  if (a.toAgent || b.toAgent) return a.toAgent === b.toAgent;
  return a.toMenu === b.toMenu;
}
