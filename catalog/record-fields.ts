import * as z from 'zod/mini';
import { parseRecordId } from './record-id.ts';
import { INVALID_EVENT_TIME, INVALID_TIMESTAMP, parseEventTime, parseTimestamp } from './timestamp.ts';

/** Identifiers are integers, zero and negative ones included (user statuses have both), as numbers or as text. */
export const id = z.unknown().check(
  z.refine((value) => parseRecordId(value) !== null, {
    error: ({ input }) =>
      `expected ${typeof input === 'number' ? 'safeint' : 'number'}, got ${input === null ? 'null' : typeof input}`,
  }),
);

/** A timestamp of any year. */
export const timestampText = z
  .string()
  .check(z.refine((text) => parseTimestamp(text) !== null, { error: INVALID_TIMESTAMP, abort: true }));

/** The time of a record's event or its cursor. The API sends UTC with `Z`, sometimes with milliseconds. */
export const eventTime = z
  .string()
  .check(z.refine((text) => parseEventTime(text) !== null, { error: INVALID_EVENT_TIME, abort: true }));

/** Required fields of every flat record of a snapshot. */
export const identified = z.object({ id });

/** A nested record with its own identifier. */
export const nestedIdentified = z.object({ id });

/** Description of the column with the raw field. The last agent of a session is a fact: `last_agent_id` in `session_outcome`. */
export const AGENT_INFO_DOC =
  '`agent_info.id` as the API sent it, often missing; the last agent is `last_agent_id` in the view `session_outcome`.';
