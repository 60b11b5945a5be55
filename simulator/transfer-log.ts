import type { CourseHappening, Transfer } from './call-story.ts';
import type { Menu } from './menus.ts';
import type { Agent } from './people.ts';
import type { VisitLog } from './visit-log.ts';

/** A transfer as the platform stores it. */
export interface StoredTransfer {
  readonly transfer: Transfer;
  readonly startedAt: number;
  /** The queue in which the conversation had waited last. */
  readonly fromMenu: Menu | null;
  status: 'transferring' | 'transferred' | 'failed' | 'cancelled';
  failReason: string;
  assignedAt: number | null;
  receivedAt: number | null;
  receiver: Agent | null;
}

type TransferHappening = Extract<
  CourseHappening,
  { kind: 'transfer_started' | 'transfer_assigned' | 'transfer_received' | 'transfer_failed' }
>;

/** The transfers of a conversation, and the stays in queues that they begin and end. */
export class TransferLog {
  readonly transfers: StoredTransfer[] = [];
  readonly #stays: VisitLog;

  constructor(stays: VisitLog) {
    this.#stays = stays;
  }

  apply(event: TransferHappening, at: number): void {
    const { transfer } = event;
    if (event.kind === 'transfer_started') {
      this.#start(transfer, at);
      return;
    }
    const stored = this.transfers.find((one) => one.transfer === transfer);
    if (stored === undefined) throw new RangeError(`transfer ${transfer.id} was never started`);
    switch (event.kind) {
      case 'transfer_assigned':
        stored.assignedAt = at;
        stored.receiver = event.agent;
        this.#stays.close(at, event.agent);
        break;
      case 'transfer_received':
        stored.status = 'transferred';
        stored.receivedAt = at;
        stored.receiver = event.agent;
        this.#stays.close(at, event.agent);
        break;
      case 'transfer_failed':
        stored.status = event.status ?? 'failed';
        stored.failReason = event.reason;
        stored.receiver = null;
        this.#stays.close(at, null);
        break;
      default:
        event satisfies never;
    }
  }

  #start(transfer: Transfer, startedAt: number): void {
    const fromMenu = this.#stays.lastMenu;
    this.transfers.push({
      transfer,
      startedAt,
      fromMenu,
      status: 'transferring',
      failReason: 'nothing',
      assignedAt: null,
      receivedAt: null,
      receiver: null,
    });
    // The caller of a virtual agent enters the queue by a separate event.
    if (transfer.toMenu && transfer.fromVirtualAgent === undefined)
      this.#stays.open(transfer.toMenu, startedAt, transfer);
  }
}
