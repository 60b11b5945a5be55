import type { LateHappening } from './late-changes.ts';
import type { Menu } from './menus.ts';
import type { ChatTraits } from './oddities.ts';
import type { Agent } from './people.ts';

/** A person in a chat. */
export interface ChatParty {
  readonly id: number;
  readonly type: 'agent' | 'end_user' | 'virtual_agent';
  readonly agent: Agent | null;
}

export interface ChatTransfer {
  readonly id: number;
  readonly from: Agent;
  readonly toMenu: Menu;
}

/** What can happen to a chat. */
export type ChatHappening =
  | { readonly kind: 'created' }
  | { readonly kind: 'status'; readonly status: string }
  | { readonly kind: 'queued'; readonly menu: Menu }
  | { readonly kind: 'assigned'; readonly agent: Agent }
  | { readonly kind: 'joined' | 'left'; readonly party: ChatParty }
  /** Messages since the last event; `responseMs` is how long the agent took to answer. */
  | { readonly kind: 'messages'; readonly count: number; readonly responseMs: number | null }
  | { readonly kind: 'transfer_started'; readonly transfer: ChatTransfer }
  | { readonly kind: 'transfer_received'; readonly transfer: ChatTransfer; readonly agent: Agent }
  | { readonly kind: 'transfer_failed'; readonly transfer: ChatTransfer }
  | { readonly kind: 'ended'; readonly status: string; readonly failReason: string; readonly by: string }
  | { readonly kind: 'wrapped_up'; readonly agent: Agent; readonly milliseconds: number }
  | LateHappening;

export type ChatEvent = ChatHappening & { readonly at: number };

/** Everything that happened in one chat, in order. */
export interface ChatStory {
  readonly id: number;
  readonly chatType: string;
  readonly sessionType: string | null;
  readonly endUserId: number;
  readonly traits: ChatTraits;
  readonly events: ChatEvent[];
}
