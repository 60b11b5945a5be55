import type { CallStory } from './call-story.ts';
import type { ApiRecord } from './render.ts';
import { renderCall } from './render-call.ts';
import { computeTruth, type TruthOfCall } from './truth.ts';
import { createVisibility } from './visibility.ts';

/** A call right after something happened to it. */
export interface CallStage {
  /** Virtual epoch milliseconds. */
  readonly at: number;
  /** The record as the API shows it then. */
  readonly record: ApiRecord;
  readonly truth: TruthOfCall;
  /** Nothing happens to the call any more. */
  readonly isLast: boolean;
}

/** Every stage of every call: its record and its truth after each moment at which something happened to it. */
export function* listStages(stories: readonly CallStory[]): Generator<CallStage> {
  for (const story of stories) {
    const visible = createVisibility(story);
    const moments = [...new Set(story.events.map((event) => event.at))];
    for (const [index, at] of moments.entries())
      yield {
        at,
        record: renderCall(story, at, visible),
        truth: computeTruth(story, at),
        isLast: index === moments.length - 1,
      };
  }
}
