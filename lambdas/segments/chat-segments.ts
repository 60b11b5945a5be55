import type { DetailedFacts } from '../../catalog/facts.ts';
import { parseRecordId } from '../../catalog/record-id.ts';
import { readChatSession } from './chat-session.ts';
import type { Family } from './families.ts';
import { parseInstant, plusHours } from './instant.ts';
import { listFacts } from './list-facts.ts';
import { type JsonObject, readText } from './record-reader.ts';

/** The facts of one version of a chat, with what identifies it. Chats have no segment metrics. */
export interface ChatSegments {
  /** A number, also where the API sent it as text; the text if it is not a number, or one of more digits than a number can hold. */
  readonly chat_id: number | string | null;
  /** `session_type_v2` if present, else `chat_type`. */
  readonly chat_type: string | null;
  readonly family: Family;
  readonly status: string | null;
  /** ISO 8601 UTC with milliseconds. */
  readonly created_at: string | null;
  readonly updated_at: string | null;
  /** After this time, the numbers can be treated as final. Null while there is no end. */
  readonly settled_after: string | null;
  /** Anomalies of the inputs, sorted and without repetition, as those of calls. */
  readonly anomalies: readonly string[];
  readonly facts: DetailedFacts;
}

/** Number of hours after its end when the numbers of a chat can be treated as final. */
const SETTLE_HOURS = 24;

/** Computes the facts of a chat record as the API sent it. They depend only on the record, and no record makes it throw. */
export function computeChatSegments(record: JsonObject): ChatSegments {
  const session = readChatSession(record);
  const { type, family, status, created, ended, connections, anomalies } = session;
  const facts = listFacts(session, { hasConference: false, hasThirdParty: connections.thirdParties.length > 0 });
  return {
    chat_id: parseRecordId(session.record.id) ?? readText(session.record.id),
    chat_type: type,
    family,
    status,
    created_at: created?.text ?? null,
    updated_at: parseInstant(session.record.updated_at)?.text ?? null,
    settled_after: ended === null ? null : plusHours(ended, SETTLE_HOURS).text,
    anomalies: [...new Set(anomalies)].sort(),
    facts,
  };
}
