import type { SessionFacts } from '../catalog/facts.ts';
import type { CallStory } from './call-story.ts';
import type { ChatStory } from './chat-story.ts';
import type { ApiRecord } from './render.ts';
import { renderCall } from './render-call.ts';
import { renderChat } from './render-chat.ts';
import { computeTruth, type TruthOfCall } from './truth.ts';
import { expectCallFacts, expectChatFacts } from './truth-facts.ts';
import { createVisibility } from './visibility.ts';

/** A call or chat immediately after something happened to it. */
export interface SessionStage {
  /** Virtual epoch milliseconds. */
  readonly at: number;
  /** The record as the API shows it then. */
  readonly record: ApiRecord;
  readonly facts: SessionFacts;
  /** Nothing happens to it any more. */
  readonly isLast: boolean;
}

/** A call immediately after something happened to it. */
export interface CallStage extends SessionStage {
  readonly truth: TruthOfCall;
}

/** Every stage of every call: its record and its truth after each moment at which something happened to it. */
export function* listCallStages(stories: readonly CallStory[]): Generator<CallStage> {
  for (const story of stories) {
    const visible = createVisibility(story);
    for (const moment of listMoments(story.events))
      yield {
        ...moment,
        record: renderCall(story, moment.at, visible),
        truth: computeTruth(story, moment.at),
        facts: expectCallFacts(story, moment.at),
      };
  }
}

/** Every stage of every chat. */
export function* listChatStages(stories: readonly ChatStory[]): Generator<SessionStage> {
  for (const story of stories) {
    for (const moment of listMoments(story.events))
      yield { ...moment, record: renderChat(story, moment.at), facts: expectChatFacts(story, moment.at) };
  }
}

function listMoments(events: readonly { readonly at: number }[]) {
  const times = [...new Set(events.map((event) => event.at))];
  return times.map((at, index) => ({ at, isLast: index === times.length - 1 }));
}
