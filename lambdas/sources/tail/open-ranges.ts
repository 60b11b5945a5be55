/** Open records closer together than this are read again with one walk, milliseconds. */
const GAP = 10 * 60_000;

/** A range of cursor times, both ends included, in milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

/**
 * Groups all times before `before` into ranges: one request for an isolated record, one walk for many close ones.
 * @param times ascending
 */
export function openRanges(times: readonly number[], before: number): TimeRange[] {
  const ranges: { from: number; until: number }[] = [];
  for (const time of times) {
    if (time >= before) break;
    const last = ranges.at(-1);
    if (last !== undefined && time - last.until <= GAP) last.until = time;
    else ranges.push({ from: time, until: time });
  }
  return ranges;
}
