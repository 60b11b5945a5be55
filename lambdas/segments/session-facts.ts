import type { Channel, SessionFacts } from '../../catalog/facts.ts';
import { computeCallSegments } from './call-segments.ts';
import { readChatSession } from './chat-session.ts';
import { listFacts } from './list-facts.ts';
import type { JsonObject } from './record-reader.ts';

/** The facts of a session, with the anomalies of its record, sorted and without repetition. */
export type ComputedFacts = SessionFacts & { readonly anomalies: readonly string[] };

/**
 * Computes the facts of a call or chat record as the API sent it. They depend only on the record, and no record makes it throw.
 */
export function computeFacts(channel: Channel, record: JsonObject): ComputedFacts {
  if (channel === 'call') {
    const { facts, anomalies } = computeCallSegments(record);
    return { ...facts, anomalies };
  }
  const session = readChatSession(record);
  const facts = listFacts(session, {
    hasConference: false,
    hasThirdParty: session.connections.thirdParties.length > 0,
  });
  return { ...facts, anomalies: [...new Set(session.anomalies)].sort() };
}
