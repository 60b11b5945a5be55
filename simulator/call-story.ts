import type { LateHappening } from './late-changes.ts';
import type { Menu } from './menus.ts';
import type { CallTraits } from './oddities.ts';
import type { Agent } from './people.ts';
import type { VirtualAgent } from './virtual-agents.ts';

/** Kinds of calls by origin; they decide which segments a call can have. */
export type CallFamily = 'ivr' | 'mobile' | 'scheduled' | 'outbound' | 'internal' | 'campaign' | 'direct';

/** A person on a call. A person who leaves and returns is a new party. */
export interface Party {
  readonly id: number;
  readonly type: 'agent' | 'end_user' | 'third_party' | 'virtual_agent' | 'campaign_contact' | 'supervisor';
  readonly agent: Agent | null;
  /** Who listens without being part of the conversation. */
  readonly supervisor?: Agent;
  readonly virtualAgent?: VirtualAgent;
}

/** How a virtual agent's part ended, in the API's words. */
export type Finish = 'escalated' | 'resolved' | 'consumer_ended' | 'unexpectedly_ended';

/** One attempt to hand a call or a chat over. Without any target it goes to a telephone number. */
export interface Transfer {
  readonly id: number;
  /** Null if a virtual agent hands over. */
  readonly from: Agent | null;
  readonly fromVirtualAgent?: VirtualAgent;
  readonly toAgent: Agent | null;
  readonly toMenu: Menu | null;
  readonly toVirtualAgent?: VirtualAgent;
  readonly cold: boolean;
}

/** Whether a transfer goes to a telephone number. */
export const isToNumber = ({ toAgent, toMenu, toVirtualAgent }: Transfer): boolean =>
  toAgent === null && toMenu === null && toVirtualAgent === undefined;

/** What can happen to calls and chats alike on their way through queues, transfers and wrap-up. */
export type CourseHappening =
  /** `transfer` if a virtual agent handed the conversation over to this queue. */
  | { readonly kind: 'queued'; readonly menu: Menu; readonly transfer?: Transfer }
  | { readonly kind: 'assigned'; readonly agent: Agent }
  | { readonly kind: 'transfer_started'; readonly transfer: Transfer }
  /** An agent took it out of the queue and is being connected. */
  | { readonly kind: 'transfer_assigned'; readonly transfer: Transfer; readonly agent: Agent }
  /** `agent` is null if a virtual agent or a telephone number received it. */
  | { readonly kind: 'transfer_received'; readonly transfer: Transfer; readonly agent: Agent | null }
  | {
      readonly kind: 'transfer_failed';
      readonly transfer: Transfer;
      readonly reason: string;
      /** @default 'failed' */
      readonly status?: 'cancelled';
    }
  | { readonly kind: 'ended'; readonly status: string; readonly failReason: string; readonly by: string }
  /** `recordId` of a wrap-up that the agent added later, which is a separate record. */
  | {
      readonly kind: 'wrapped_up';
      readonly party: Party;
      readonly milliseconds: number;
      readonly recordId?: number;
    };

/** What can happen to a call. */
export type Happening =
  | { readonly kind: 'created'; readonly status: string; readonly scheduledAt?: number }
  | { readonly kind: 'status'; readonly status: string }
  | CourseHappening
  | { readonly kind: 'offered'; readonly group: string }
  /** Sent to another queue before an agent had accepted. */
  | { readonly kind: 'redirected'; readonly menu: Menu }
  | { readonly kind: 'connecting'; readonly status: string }
  /** `queueClock`: the queue's clock was off and its time was written only now, slightly after the connection. */
  | { readonly kind: 'connected'; readonly status: string; readonly queueClock?: number }
  | { readonly kind: 'invited'; readonly party: Party }
  | { readonly kind: 'joined'; readonly party: Party }
  | { readonly kind: 'left'; readonly party: Party; readonly failReason?: string; readonly finish?: Finish }
  | { readonly kind: 'held' | 'resumed'; readonly agent: Agent }
  | { readonly kind: 'deflected'; readonly deflection: string }
  | { readonly kind: 'voicemail'; readonly reason: string }
  | { readonly kind: 'escalated'; readonly party: Party }
  | { readonly kind: 'recorded' }
  | LateHappening;

export type CallEvent = Happening & { readonly at: number };

/** Everything that happened to one call, in order: the source of both its record and its truth. */
export interface CallStory {
  readonly id: number;
  readonly parentId: number | null;
  readonly family: CallFamily;
  readonly callType: string;
  /** The newer vocabulary, if this record has it. */
  readonly sessionType: string | null;
  readonly endUserId: number | null;
  readonly preview: boolean;
  readonly traits: CallTraits;
  readonly events: CallEvent[];
}
