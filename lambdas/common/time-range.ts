import * as z from 'zod/mini';
import { timestampText } from '../../catalog/record-fields.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';

/** A range of cursor times (UTC). It includes its start and excludes its end, so that neighbouring ranges do not overlap. */
export const timeRangeSchema = z
  .object({
    from: timestampText,
    to: timestampText,
  })
  .check(z.refine(({ from, to }) => readTimestamp(from) < readTimestamp(to), 'ends before it starts'));

export type TimeRange = z.infer<typeof timeRangeSchema>;
