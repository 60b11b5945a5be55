import type { CallEvent, CallStory, Finish, Party } from './call-story.ts';
import { LateChanges } from './late-changes.ts';
import type { Agent } from './people.ts';
import { TransferLog } from './transfer-log.ts';
import { VisitLog } from './visit-log.ts';

/** A participant as the platform stores it. */
export interface Row {
  readonly party: Party;
  joinedAt: number | null;
  leftAt: number | null;
  failReason: string;
  heldMs: number;
  /** How the part of a virtual agent ended. */
  finish: Finish | null;
}

/** The wrap-up of a leg. */
export interface WrapUp {
  readonly party: Party;
  readonly endedAt: number;
  readonly milliseconds: number;
  /** Id of the separate record of a later wrap-up; null if the record of the leg shows it. */
  readonly recordId: number | null;
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
  recorded = false;
  heldMs = 0;
  readonly rows: Row[] = [];
  readonly stays = new VisitLog();
  readonly handovers = new TransferLog(this.stays);
  readonly offers: { readonly at: number; readonly group: string }[] = [];
  readonly wrapUps: WrapUp[] = [];
  readonly escalations: Party[] = [];
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
        this.stays.open(event.menu, event.at, event.transfer ?? null);
        break;
      case 'offered':
        this.offers.push({ at: event.at, group: event.group });
        break;
      case 'assigned':
        this.status = 'assigned';
        this.assignedAt = event.at;
        this.lastAgent = event.agent;
        this.stays.close(event.at, event.agent);
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
        this.rows.push({
          party: event.party,
          joinedAt: null,
          leftAt: null,
          failReason: 'nothing',
          heldMs: 0,
          finish: null,
        });
        break;
      case 'joined':
        this.#row(event.party).joinedAt = event.at;
        break;
      case 'left':
        Object.assign(this.#row(event.party), {
          leftAt: event.at,
          failReason: event.failReason ?? 'nothing',
          finish: event.finish ?? null,
        });
        break;
      case 'held':
        this.#heldSince = event.at;
        break;
      case 'resumed':
        this.#resume(event.at, event.agent);
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
      case 'redirected':
        this.deflection = 'temp_redirection_queue';
        this.stays.close(event.at, null);
        this.stays.open(event.menu, event.at, null);
        this.late.menu = event.menu;
        break;
      case 'deflected':
        this.status = 'deflected';
        this.deflection = event.deflection;
        this.stays.close(event.at, null);
        break;
      case 'voicemail':
        this.status = 'voicemail';
        this.voicemailReason = event.reason;
        this.stays.close(event.at, null);
        break;
      case 'escalated':
        this.escalations.push(event.party);
        break;
      case 'ended':
        this.#end(event);
        break;
      case 'wrapped_up':
        this.wrapUps.push({
          party: event.party,
          endedAt: event.at,
          milliseconds: event.milliseconds,
          recordId: event.recordId ?? null,
        });
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
    this.stays.close(event.at, null);
  }

  #row(party: Party): Row {
    const row = this.rows.find((one) => one.party === party);
    if (row) return row;
    throw new RangeError(`party ${party.id} was never invited`);
  }

  #resume(at: number, agent: Agent): void {
    const held = at - (this.#heldSince ?? at);
    this.heldMs += held;
    for (const row of this.rows) {
      if (row.leftAt === null && (row.party.agent === agent || row.party.type === 'end_user')) row.heldMs += held;
    }
  }
}
