import * as z from 'zod/mini';

/** Identifiers are integers, zero and negative ones included (user statuses have both). */
export const id = z.int();

/** ISO 8601 with a time zone; the API sends UTC with `Z`, sometimes with milliseconds. */
export const instant = z.iso.datetime({ offset: true });

/** What every flat record of a snapshot must have. */
export const identified = z.looseObject({ id });

/** A nested record that has an identifier of its own. */
export const nestedIdentified = z.looseObject({ id });
