import * as z from 'zod/mini';

/** A range of cursor times (UTC): from its start on, up to its end without it, so that neighbours share nothing. */
export const timeRangeSchema = z
  .object({
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
  })
  .check(z.refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'ends before it starts'));

export type TimeRange = z.infer<typeof timeRangeSchema>;
