import type { Presence } from './timeline.ts';

/** Milliseconds during which the people present meet a condition, checked between every two arrivals or departures. */
export function measureOverlap(
  presences: readonly Presence[],
  condition: (present: readonly Presence[]) => boolean,
): number {
  const moments = [...new Set(presences.flatMap((one) => [one.from, one.to]))].toSorted((a, b) => a - b);
  let sum = 0;
  moments.forEach((from, index) => {
    const to = moments[index + 1];
    if (to === undefined) return;
    const present = presences.filter((one) => one.from <= from && one.to >= to);
    if (condition(present)) sum += to - from;
  });
  return sum;
}
