import { utcDate } from './timestamp.ts';

const DAY = 86_400_000;

/** Partitions of events start on this day or earlier. It is older than the platform: a record can change years after its event. */
export const FIRST_EVENT_DAY = '2010-01-01';

/** Number of days by which partitions of events begin before the start of history. */
export const DAYS_BEFORE_HISTORY = 366;

/** Number of days by which partitions of events extend beyond today: calls can be scheduled, and clocks can be wrong. */
export const DAYS_AHEAD = 366;

/** True if Athena's tables have the partition of a day in every deployment. @param now milliseconds */
export const isProjected = (dt: string, now: number): boolean =>
  dt >= FIRST_EVENT_DAY && dt <= utcDate(now + DAYS_AHEAD * DAY);
