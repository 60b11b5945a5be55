import * as z from 'zod/mini';
import { timestampText } from '../../catalog/record-fields.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';

/** A range of cursor times (UTC): from its start on, up to its end without it, so that neighbours share nothing. */
export const timeRangeSchema = z
  .object({
    from: timestampText,
    to: timestampText,
  })
  .check(z.refine(({ from, to }) => readTimestamp(from) < readTimestamp(to), 'ends before it starts'));

export type TimeRange = z.infer<typeof timeRangeSchema>;
