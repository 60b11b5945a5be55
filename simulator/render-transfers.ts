import { isToNumber } from './call-story.ts';
import type { Traits } from './oddities.ts';
import type { Agent } from './people.ts';
import { type ApiRecord, renderMenuPath, renderTimestamp, renderUserInfo } from './render.ts';
import type { StoredTransfer } from './transfer-log.ts';

interface Notation {
  readonly traits: Traits;
  /** Names are those of this time, virtual epoch milliseconds. */
  readonly at: number;
  /** The agent who receives a transfer to a queue is not named. */
  readonly isReceiverUnnamed: boolean;
}

/** `transfers[]`. The times of the receiver are in the newer model only. */
export function renderTransfers(transfers: readonly StoredTransfer[], notation: Notation): readonly ApiRecord[] {
  return transfers.map((one) => renderTransfer(one, notation));
}

function renderTransfer(one: StoredTransfer, { traits, at, isReceiverUnnamed }: Notation): ApiRecord {
  const { transfer } = one;
  const { clock } = traits;
  const info = (agent: Agent | null) => (agent ? renderUserInfo(agent, at, traits.agentNumber) : null);
  const receiver = isReceiverUnnamed || one.receivedAt === null ? null : one.receiver;
  return {
    id: transfer.id,
    status: one.status,
    fail_reason: one.failReason,
    created_at: renderTimestamp(one.startedAt, clock),
    ...(traits.transferTimes
      ? { assigned_at: renderTimestamp(one.assignedAt, clock), connected_at: renderTimestamp(one.receivedAt, clock) }
      : {}),
    from_menu: one.fromMenu ? renderMenuPath(one.fromMenu) : null,
    to_menu: transfer.toMenu ? renderMenuPath(transfer.toMenu) : null,
    from_agent: info(transfer.from),
    to_agent: info(transfer.toAgent ?? receiver),
    ...(isToNumber(transfer) ? { to_phone_number: '+1 339-555-0142' } : {}),
    ...(transfer.fromVirtualAgent ? { from_virtual_agent: { ...transfer.fromVirtualAgent } } : {}),
    ...(transfer.toVirtualAgent ? { to_virtual_agent: { ...transfer.toVirtualAgent } } : {}),
  };
}
