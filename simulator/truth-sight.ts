import type { Channel } from '../catalog/facts.ts';
import type { CallStory } from './call-story.ts';
import type { ChatStory } from './chat-story.ts';
import { createVisibility } from './visibility.ts';

/** What the API shows of a conversation, so that the truth expects nothing that no reader of a record can know. */
export interface Sight {
  readonly channel: Channel;
  /** Whether `queue_durations` is shown. */
  readonly queueRows: boolean;
  /** Whether `handle_durations` is shown. */
  readonly handleRows: boolean;
  readonly virtualAgentRows: boolean;
  readonly participants: boolean;
  readonly end: boolean;
  readonly queuedAt: boolean;
  readonly assignedAt: boolean;
  /** Whether transfers have the times of their receivers. */
  readonly transferTimes: boolean;
  readonly lastAgent: boolean;
  /** The row of this party stays without an end. */
  readonly openRow: number | null;
}

export function createCallSight(story: CallStory): Sight {
  const visible = createVisibility(story);
  return {
    channel: 'call',
    queueRows: visible.durationRows,
    handleRows: visible.durationRows,
    virtualAgentRows: true,
    participants: visible.participants,
    end: visible.end,
    queuedAt: true,
    assignedAt: visible.assigned,
    transferTimes: story.traits.transferTimes,
    lastAgent: !(story.events.some((event) => event.kind === 'escalated') && story.id % 2 === 0),
    openRow: visible.openRow,
  };
}

export function createChatSight({ traits, chatType }: ChatStory): Sight {
  return {
    channel: 'chat',
    queueRows: !traits.queueRowsMissing,
    handleRows: true,
    virtualAgentRows: false,
    participants: true,
    end: true,
    queuedAt: chatType === 'Messaging (SMS)',
    assignedAt: true,
    transferTimes: traits.transferTimes,
    lastAgent: !traits.losesAgent,
    openRow: null,
  };
}
