import type { SessionDetails } from '../../catalog/facts.ts';
import { parseInstant } from './instant.ts';
import { readId, readObject, readText } from './record-reader.ts';
import type { Session } from './session.ts';

/** Reads the fields of a session that its facts are selected and explained by. */
export function readDetails({
  record,
  type,
  failReason,
  deflection,
  queued,
  assigned,
  connected,
  ended,
}: Session): SessionDetails {
  return {
    parent_id: readId(record.parent_id),
    session_type: type,
    sub_status: readText(record.sub_status),
    fail_reason: failReason,
    deflection,
    voicemail_reason: readText(record.voicemail_reason),
    disconnected_by: readText(record.disconnected_by),
    lang: readText(record.lang),
    rating: readRating(record.rating),
    end_user_id: readId(readObject(record.end_user).id),
    queued_at: queued?.text ?? null,
    assigned_at: assigned?.text ?? null,
    connected_at: connected?.text ?? null,
    ended_at: ended?.text ?? null,
    scheduled_at: parseInstant(record.scheduled_at)?.text ?? null,
  };
}

/** A rating is a number or text; zero is the platform's word for none. */
function readRating(value: unknown): number | null {
  const rating = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0;
  return Number.isFinite(rating) && rating > 0 ? rating : null;
}
