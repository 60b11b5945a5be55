import type { Channel, SessionFacts } from '../../catalog/facts.ts';
import { computeCallSegments } from './call-segments.ts';
import { computeChatSegments } from './chat-segments.ts';
import type { JsonObject } from './record-reader.ts';

/** The facts of a session, with the anomalies of its record, sorted and without repetition. */
export type ComputedFacts = SessionFacts & { readonly anomalies: readonly string[] };

/** Computes the facts of a call or chat record as the API sent it. They depend only on the record, and no record makes it throw. */
export function computeFacts(channel: Channel, record: JsonObject): ComputedFacts {
  const { facts, anomalies } = channel === 'call' ? computeCallSegments(record) : computeChatSegments(record);
  return { ...facts, anomalies };
}
