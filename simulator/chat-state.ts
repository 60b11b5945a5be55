import type { WrapUp } from './call-state.ts';
import type { Party } from './call-story.ts';
import type { ChatEvent, ChatStory } from './chat-story.ts';
import { LateChanges } from './late-changes.ts';
import type { Agent } from './people.ts';
import { TransferLog } from './transfer-log.ts';
import { VisitLog } from './visit-log.ts';

export interface ChatRow {
  readonly party: Party;
  readonly joinedAt: number;
  leftAt: number | null;
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
  readonly stays = new VisitLog();
  readonly handovers = new TransferLog(this.stays);
  readonly wrapUps: WrapUp[] = [];
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
        this.stays.open(event.menu, event.at, event.transfer ?? null);
        break;
      case 'assigned':
        this.status = 'assigned';
        this.assignedAt = event.at;
        this.lastAgent = event.agent;
        this.stays.close(event.at, event.agent);
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
      case 'transfer_assigned':
      case 'transfer_failed':
        this.handovers.apply(event, event.at);
        break;
      case 'transfer_received':
        this.handovers.apply(event, event.at);
        this.lastAgent = event.agent ?? this.lastAgent;
        break;
      case 'ended':
        this.status = event.status;
        this.endedAt = event.at;
        this.failReason = event.failReason;
        this.disconnectedBy = event.by;
        this.stays.close(event.at, null);
        break;
      case 'wrapped_up':
        this.wrapUps.push({
          party: event.party,
          endedAt: event.at,
          milliseconds: event.milliseconds,
          recordId: event.recordId ?? null,
        });
        break;
      default:
        this.late.apply(event, event.at);
    }
  }
}
