import type { CourseHappening, Party } from './call-story.ts';
import type { LateHappening } from './late-changes.ts';
import type { ChatTraits } from './oddities.ts';

/** What can happen to a chat. */
export type ChatHappening =
  | { readonly kind: 'created' }
  | { readonly kind: 'status'; readonly status: string }
  | CourseHappening
  | { readonly kind: 'joined' | 'left'; readonly party: Party }
  /** Messages since the last event; `responseMs` is how long the agent took to answer. */
  | { readonly kind: 'messages'; readonly count: number; readonly responseMs: number | null }
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
