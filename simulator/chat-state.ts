import type { ChatEvent, ChatParty, ChatStory, ChatTransfer } from './chat-story.ts';
import { LateChanges } from './late-changes.ts';
import type { Agent } from './people.ts';

export interface ChatRow {
  readonly party: ChatParty;
  readonly joinedAt: number;
  leftAt: number | null;
}

export interface ChatTransferState {
  readonly transfer: ChatTransfer;
  readonly startedAt: number;
  status: 'transferring' | 'transferred' | 'failed';
  receiver: Agent | null;
}

/** The state of a chat at a version, computed from its events so far. */
export class ChatState {
  status = 'selecting';
  createdAt = 0;
  queuedAt: number | null = null;
  assignedAt: number | null = null;
  firstMessageAt: number | null = null;
  lastMessageAt: number | null = null;
  endedAt: number | null = null;
  updatedAt = 0;
  messages = 0;
  readonly responses: number[] = [];
  lastAgent: Agent | null = null;
  failReason = 'nothing';
  disconnectedBy = 'disconnected_by_unknown';
  readonly rows: ChatRow[] = [];
  readonly transfers: ChatTransferState[] = [];
  readonly wrapUps = new Map<Agent, number>();
  readonly late = new LateChanges();

  constructor(story: ChatStory, at: number) {
    for (const event of story.events) {
      if (event.at > at) break;
      this.updatedAt = event.at;
      this.#apply(event);
    }
  }

  #apply(event: ChatEvent): void {
    switch (event.kind) {
      case 'created':
        this.createdAt = event.at;
        break;
      case 'status':
        this.status = event.status;
        break;
      case 'queued':
        this.status = 'queued';
        this.queuedAt = event.at;
        this.late.menu = event.menu;
        break;
      case 'assigned':
        this.status = 'assigned';
        this.assignedAt = event.at;
        this.lastAgent = event.agent;
        break;
      case 'joined':
        this.rows.push({ party: event.party, joinedAt: event.at, leftAt: null });
        break;
      case 'left':
        for (const row of this.rows) if (row.party === event.party) row.leftAt = event.at;
        break;
      case 'messages':
        this.messages += event.count;
        this.firstMessageAt ??= event.at;
        this.lastMessageAt = event.at;
        if (event.responseMs !== null) this.responses.push(event.responseMs);
        break;
      case 'transfer_started':
        this.transfers.push({ transfer: event.transfer, startedAt: event.at, status: 'transferring', receiver: null });
        break;
      case 'transfer_received':
        this.#settle(event.transfer, 'transferred', event.agent);
        this.lastAgent = event.agent;
        break;
      case 'transfer_failed':
        this.#settle(event.transfer, 'failed', null);
        break;
      case 'ended':
        this.status = event.status;
        this.endedAt = event.at;
        this.failReason = event.failReason;
        this.disconnectedBy = event.by;
        break;
      case 'wrapped_up':
        this.wrapUps.set(event.agent, event.milliseconds);
        break;
      default:
        this.late.apply(event, event.at);
    }
  }

  #settle(transfer: ChatTransfer, status: ChatTransferState['status'], receiver: Agent | null): void {
    for (const state of this.transfers.filter((one) => one.transfer === transfer)) {
      state.status = status;
      state.receiver = receiver;
    }
  }
}
