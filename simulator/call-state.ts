import type { CallEvent, CallStory, Party, Transfer } from './call-story.ts';
import { LateChanges } from './late-changes.ts';
import type { Menu } from './menus.ts';
import type { Agent } from './people.ts';

/** A participant as the platform stores it. */
export interface Row {
  readonly party: Party;
  joinedAt: number | null;
  leftAt: number | null;
  failReason: string;
  heldMs: number;
}

/** A stay in a queue: the first one, or one after a transfer to a queue. */
export interface QueueVisit {
  readonly menu: Menu;
  readonly startedAt: number;
  endedAt: number | null;
  agent: Agent | null;
  readonly transfer: Transfer | null;
}

export interface TransferState {
  readonly transfer: Transfer;
  readonly startedAt: number;
  status: 'transferring' | 'transferred' | 'failed';
  failReason: string;
  receivedAt: number | null;
  receiver: Agent | null;
}

/** The state of a call at a version, computed from its events so far. */
export class CallState {
  status = 'selecting';
  createdAt = 0;
  scheduledAt: number | null = null;
  queuedAt: number | null = null;
  assignedAt: number | null = null;
  connectingAt: number | null = null;
  connectedAt: number | null = null;
  endedAt: number | null = null;
  updatedAt = 0;
  lastAgent: Agent | null = null;
  failReason = 'nothing';
  disconnectedBy = 'disconnected_by_unknown';
  deflection = 'no_deflection';
  voicemailReason = 'not_voicemail';
  escalated = false;
  recorded = false;
  heldMs = 0;
  readonly rows: Row[] = [];
  readonly visits: QueueVisit[] = [];
  readonly transfers: TransferState[] = [];
  readonly offers: { readonly at: number; readonly group: string }[] = [];
  readonly wrapUps = new Map<Agent, number>();
  readonly late = new LateChanges();
  #heldSince: number | null = null;

  constructor(story: CallStory, at: number) {
    for (const event of story.events) {
      if (event.at > at) break;
      this.updatedAt = event.at;
      this.#apply(event);
    }
  }

  #apply(event: CallEvent): void {
    switch (event.kind) {
      case 'created':
        this.createdAt = event.at;
        this.status = event.status;
        this.scheduledAt = event.scheduledAt ?? null;
        break;
      case 'status':
        this.status = event.status;
        break;
      case 'queued':
        this.status = 'queued';
        this.queuedAt ??= event.at;
        this.late.menu = event.menu;
        this.visits.push({ menu: event.menu, startedAt: event.at, endedAt: null, agent: null, transfer: null });
        break;
      case 'offered':
        this.offers.push({ at: event.at, group: event.group });
        break;
      case 'assigned':
        this.status = 'assigned';
        this.assignedAt = event.at;
        this.lastAgent = event.agent;
        this.#closeVisit(event.at, event.agent);
        break;
      case 'connecting':
        this.status = event.status;
        this.connectingAt = event.at;
        break;
      case 'connected':
        this.status = event.status;
        this.connectedAt = event.at;
        this.queuedAt = event.queueClock ?? this.queuedAt;
        break;
      case 'invited':
        this.rows.push({ party: event.party, joinedAt: null, leftAt: null, failReason: 'nothing', heldMs: 0 });
        break;
      case 'joined':
        this.#row(event.party).joinedAt = event.at;
        break;
      case 'left':
        this.#leave(this.#row(event.party), event.at, event.failReason);
        break;
      case 'held':
        this.#heldSince = event.at;
        break;
      case 'resumed':
        this.#resume(event.at, event.agent);
        break;
      case 'transfer_started':
        this.#startTransfer(event.transfer, event.at);
        break;
      case 'transfer_received':
        this.#settle(event.transfer, event.at, 'transferred', 'nothing', event.agent);
        this.lastAgent = event.agent;
        break;
      case 'transfer_failed':
        this.#settle(event.transfer, event.at, 'failed', event.reason, null);
        break;
      case 'deflected':
        this.status = 'deflected';
        this.deflection = event.deflection;
        this.#closeVisit(event.at, null);
        break;
      case 'voicemail':
        this.status = 'voicemail';
        this.voicemailReason = event.reason;
        this.#closeVisit(event.at, null);
        break;
      case 'escalated':
        this.escalated = true;
        break;
      case 'ended':
        this.#end(event);
        break;
      case 'wrapped_up':
        this.wrapUps.set(event.agent, event.milliseconds);
        break;
      case 'recorded':
        this.recorded = true;
        break;
      default:
        this.late.apply(event, event.at);
    }
  }

  #end(event: Extract<CallEvent, { kind: 'ended' }>): void {
    this.status = event.status;
    this.endedAt = event.at;
    this.failReason = event.failReason;
    this.disconnectedBy = event.by;
    this.#closeVisit(event.at, null);
  }

  #row(party: Party): Row {
    const row = this.rows.find((one) => one.party === party);
    if (row) return row;
    throw new RangeError(`party ${party.id} was never invited`);
  }

  #leave(row: Row, at: number, failReason = 'nothing'): void {
    row.leftAt = at;
    row.failReason = failReason;
  }

  #resume(at: number, agent: Agent): void {
    const held = at - (this.#heldSince ?? at);
    this.heldMs += held;
    for (const row of this.rows) {
      if (row.leftAt === null && (row.party.agent === agent || row.party.type === 'end_user')) row.heldMs += held;
    }
  }

  #startTransfer(transfer: Transfer, startedAt: number): void {
    this.transfers.push({
      transfer,
      startedAt,
      status: 'transferring',
      failReason: 'nothing',
      receivedAt: null,
      receiver: null,
    });
    if (transfer.toMenu) {
      this.visits.push({ menu: transfer.toMenu, startedAt, endedAt: null, agent: null, transfer });
    }
  }

  #settle(
    transfer: Transfer,
    at: number,
    status: TransferState['status'],
    failReason: string,
    receiver: Agent | null,
  ): void {
    for (const state of this.transfers.filter((one) => one.transfer === transfer)) {
      Object.assign(state, { status, failReason, receiver, receivedAt: receiver ? at : null });
    }
    this.#closeVisit(at, receiver);
  }

  #closeVisit(at: number, agent: Agent | null): void {
    for (const visit of this.visits) {
      if (visit.endedAt !== null) continue;
      visit.endedAt = at;
      visit.agent = agent;
    }
  }
}
