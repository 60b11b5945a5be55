import { utcDate } from './timestamp.ts';

const DAY = 86_400_000;

/** First day of the partitions of events, at the latest: older than the platform. A record can change years after its event. */
export const FIRST_EVENT_DAY = '2010-01-01';

/** Partitions of events begin so many days before the start of history. */
export const DAYS_BEFORE_HISTORY = 366;

/** Partitions of events end so many days after today: calls are scheduled, and clocks are wrong. */
export const DAYS_AHEAD = 366;

/** True if Athena's tables have the partition of a day in every deployment. @param now milliseconds */
export const isProjected = (dt: string, now: number): boolean =>
  dt >= FIRST_EVENT_DAY && dt <= utcDate(now + DAYS_AHEAD * DAY);
