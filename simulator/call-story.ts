import type { LateHappening } from './late-changes.ts';
import type { Menu } from './menus.ts';
import type { CallTraits } from './oddities.ts';
import type { Agent } from './people.ts';

/** Kinds of calls by origin; they decide which segments a call can have. */
export type CallFamily = 'ivr' | 'mobile' | 'scheduled' | 'outbound' | 'internal' | 'campaign';

/** A person on a call. A person who leaves and returns is a new party. */
export interface Party {
  readonly id: number;
  readonly type: 'agent' | 'end_user' | 'third_party' | 'virtual_agent' | 'campaign_contact';
  readonly agent: Agent | null;
}

export interface Transfer {
  readonly id: number;
  readonly from: Agent;
  readonly toAgent: Agent | null;
  readonly toMenu: Menu | null;
  readonly cold: boolean;
}

/** What can happen to a call. */
export type Happening =
  | { readonly kind: 'created'; readonly status: string; readonly scheduledAt?: number }
  | { readonly kind: 'status'; readonly status: string }
  | { readonly kind: 'queued'; readonly menu: Menu }
  | { readonly kind: 'offered'; readonly group: string }
  | { readonly kind: 'assigned'; readonly agent: Agent }
  | { readonly kind: 'connecting'; readonly status: string }
  /** `queueClock`: the queue's clock was off and its time was written only now, slightly after the connection. */
  | { readonly kind: 'connected'; readonly status: string; readonly queueClock?: number }
  | { readonly kind: 'invited'; readonly party: Party }
  | { readonly kind: 'joined'; readonly party: Party }
  | { readonly kind: 'left'; readonly party: Party; readonly failReason?: string }
  | { readonly kind: 'held' | 'resumed'; readonly agent: Agent }
  | { readonly kind: 'transfer_started'; readonly transfer: Transfer }
  | { readonly kind: 'transfer_received'; readonly transfer: Transfer; readonly agent: Agent }
  | { readonly kind: 'transfer_failed'; readonly transfer: Transfer; readonly reason: string }
  | { readonly kind: 'deflected'; readonly deflection: string }
  | { readonly kind: 'voicemail'; readonly reason: string }
  | { readonly kind: 'escalated' }
  | { readonly kind: 'ended'; readonly status: string; readonly failReason: string; readonly by: string }
  | { readonly kind: 'wrapped_up'; readonly agent: Agent; readonly milliseconds: number }
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
