import * as z from 'zod/mini';
import { INVALID_EVENT_TIME, INVALID_TIMESTAMP, parseEventTime, parseTimestamp } from './timestamp.ts';

/** Identifiers are integers, including zero and negative numbers (user statuses have both). */
export const id = z.int();

/** A timestamp of any year. */
export const timestampText = z
  .string()
  .check(z.refine((text) => parseTimestamp(text) !== null, { error: INVALID_TIMESTAMP, abort: true }));

/** The time of a record's event or its cursor. The API sends UTC with `Z`, sometimes with milliseconds. */
export const eventTime = z
  .string()
  .check(z.refine((text) => parseEventTime(text) !== null, { error: INVALID_EVENT_TIME, abort: true }));

/** Required fields of every flat record of a snapshot. */
export const identified = z.looseObject({ id });

/** A nested record with its own identifier. */
export const nestedIdentified = z.looseObject({ id });
