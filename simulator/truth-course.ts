import type { CallEvent, Party, Transfer } from './call-story.ts';
import type { ChatEvent } from './chat-story.ts';
import type { Menu } from './menus.ts';
import type { Agent } from './people.ts';

/** Why a conversation left a queue. */
export type Ending = 'assigned' | 'deflected' | 'voicemail' | 'gave_up' | 'failed' | 'cancelled';

/** A stay in a queue, virtual epoch milliseconds. */
export interface Stay {
  readonly menu: Menu;
  readonly transfer: Transfer | null;
  readonly entered: number;
  left: number | null;
  ending: Ending | null;
  agent: Agent | null;
  /** Whether the agent who took it was connected. */
  isConnected: boolean;
}

/** A person in the conversation. */
export interface Attendance {
  readonly party: Party;
  readonly from: number;
  to: number | null;
  /** Milliseconds on hold. */
  held: number;
  finish: string | null;
  /** The transfer by which an agent came in. */
  transfer: Transfer | null;
  /** The stay in a queue that an agent's arrival answered. */
  stay: Stay | null;
}

/** A transfer. */
export interface Handover {
  readonly transfer: Transfer;
  readonly started: number;
  /** Queue in which the conversation had waited last. */
  readonly fromMenu: Menu | null;
  assigned: number | null;
  received: number | null;
  receiver: Agent | null;
  status: 'transferring' | 'transferred' | 'failed' | 'cancelled';
  reason: string;
}

interface End {
  readonly at: number;
  readonly status: string;
  readonly failReason: string;
  readonly by: string;
}

/** Wrap-up of a leg; with a `recordId` it was added later. */
type WrappedUp = Extract<CallEvent, { kind: 'wrapped_up' }>;

/** What happened in a conversation up to a virtual time, read off its events. */
export class Course {
  created = 0;
  scheduled: number | null = null;
  queued: number | null = null;
  assigned: number | null = null;
  connected: number | null = null;
  end: End | null = null;
  status = 'selecting';
  deflection = 'no_deflection';
  isVoicemail = false;
  /** The queue that the record of the session names. */
  menu: Menu | null = null;
  lastAgent: Agent | null = null;
  readonly stays: Stay[] = [];
  readonly attendances: Attendance[] = [];
  readonly handovers: Handover[] = [];
  readonly wrapUps: WrappedUp[] = [];
  readonly escalated = new Set<Party>();
  #heldSince: number | null = null;

  constructor(events: readonly (CallEvent | ChatEvent)[], at: number) {
    for (const event of events) if (event.at <= at) this.#read(event);
  }

  #read(event: CallEvent | ChatEvent): void {
    const { at } = event;
    switch (event.kind) {
      case 'created':
        this.created = at;
        if ('status' in event) this.status = event.status;
        if ('scheduledAt' in event) this.scheduled = event.scheduledAt ?? null;
        break;
      case 'status':
      case 'connecting':
        this.status = event.status;
        break;
      case 'queued':
        this.status = 'queued';
        this.queued ??= at;
        this.menu = event.menu;
        this.#enter(event.menu, event.transfer ?? null, at);
        break;
      case 'redirected':
        this.deflection = 'temp_redirection_queue';
        this.#leaveQueue(at, 'deflected');
        this.#enter(event.menu, null, at);
        this.menu = event.menu;
        break;
      case 'requeued_on_paper':
        this.menu = event.menu;
        break;
      case 'assigned':
        this.status = 'assigned';
        this.assigned = at;
        this.lastAgent = event.agent;
        this.#leaveQueue(at, 'assigned', event.agent);
        break;
      case 'connected':
        this.status = event.status;
        this.connected = at;
        this.queued = event.queueClock ?? this.queued;
        break;
      case 'joined':
        this.#join(event.party, at);
        break;
      case 'left':
        for (const one of this.attendances) {
          if (one.party !== event.party) continue;
          one.to = at;
          one.finish = 'finish' in event ? (event.finish ?? null) : null;
        }
        break;
      case 'held':
        this.#heldSince = at;
        break;
      case 'resumed':
        for (const one of this.attendances) {
          if (one.party.agent === event.agent && one.to === null) one.held += at - (this.#heldSince ?? at);
        }
        break;
      case 'transfer_started':
      case 'transfer_assigned':
      case 'transfer_received':
      case 'transfer_failed':
        this.#handOver(event);
        break;
      case 'escalated':
        this.escalated.add(event.party);
        break;
      case 'deflected':
        this.status = 'deflected';
        this.deflection = event.deflection;
        this.#leaveQueue(at, event.deflection === 'after_hours_voicemail' ? 'voicemail' : 'deflected');
        break;
      case 'voicemail':
        this.status = 'voicemail';
        this.isVoicemail = true;
        this.#leaveQueue(at, 'voicemail');
        break;
      case 'ended':
        this.status = event.status;
        this.end = event;
        this.#leaveQueue(at, readEnding(event.failReason, event.by));
        break;
      case 'wrapped_up':
        this.wrapUps.push(event);
        break;
      default:
      // what was said, rated or recorded changes no fact
    }
  }

  #enter(menu: Menu, transfer: Transfer | null, entered: number): void {
    this.stays.push({ menu, transfer, entered, left: null, ending: null, agent: null, isConnected: false });
  }

  #leaveQueue(at: number, ending: Ending, agent: Agent | null = null): void {
    const stay = this.stays.at(-1);
    if (stay === undefined || stay.left !== null) return;
    Object.assign(stay, { left: at, ending, agent });
  }

  #join(party: Party, from: number): void {
    const stay = this.stays.at(-1);
    const answers = party.type === 'agent' && stay?.agent === party.agent && !stay?.isConnected ? stay : undefined;
    if (answers) answers.isConnected = true;
    this.attendances.push({
      party,
      from,
      to: null,
      held: 0,
      finish: null,
      transfer: answers?.transfer ?? null,
      stay: answers ?? null,
    });
  }

  #handOver(event: Extract<CallEvent, { kind: `transfer_${string}` }>): void {
    const { transfer, at } = event;
    if (event.kind === 'transfer_started') {
      const fromMenu = this.stays.at(-1)?.menu ?? null;
      const open = { assigned: null, received: null, receiver: null, reason: 'nothing' };
      this.handovers.push({ transfer, started: at, fromMenu, status: 'transferring', ...open });
      if (transfer.toMenu && !transfer.fromVirtualAgent) this.#enter(transfer.toMenu, transfer, at);
      return;
    }
    const handover = this.handovers.find((one) => one.transfer === transfer);
    if (handover === undefined) throw new RangeError(`transfer ${transfer.id} ends before it starts`);
    switch (event.kind) {
      case 'transfer_assigned':
        handover.assigned = at;
        this.#leaveQueue(at, 'assigned', event.agent);
        break;
      case 'transfer_received':
        Object.assign(handover, { received: at, receiver: event.agent, status: 'transferred' });
        this.lastAgent = event.agent ?? this.lastAgent;
        for (const one of this.attendances) {
          if (one.from === at && event.agent !== null && one.party.agent === event.agent) one.transfer = transfer;
        }
        break;
      case 'transfer_failed':
        Object.assign(handover, { status: event.status ?? 'failed', reason: event.reason });
        this.#leaveQueue(at, readEnding(event.reason, 'disconnected_by_end_user'));
        break;
      default:
        event satisfies never;
    }
  }
}

/** Who or what ended a stay that no agent ended. */
function readEnding(reason: string, by: string): Ending {
  if (reason === 'eu_canceled') return 'cancelled';
  if (reason === 'expired' || reason === 'transfer_expired') return 'failed';
  return by === 'disconnected_by_end_user' ? 'gave_up' : 'failed';
}
