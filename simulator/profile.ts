import type { Life } from './engine.ts';
import type { Random } from './random.ts';
import { DAY, findMidnight, HOUR } from './time.ts';

/** Share of a day's arrivals in each hour (UTC): two peaks, quiet nights. */
const HOURLY = [3, 2, 2, 2, 3, 5, 12, 34, 66, 92, 98, 86, 64, 70, 84, 82, 70, 56, 42, 32, 24, 16, 9, 5];
const HOURLY_SUM = HOURLY.reduce((sum, share) => sum + share, 0);

/** Arrivals of a weekday relative to the average day, Sunday first. */
const DAILY = [0.34, 1.34, 1.03, 1.18, 1.16, 1.2, 0.54];

/** A newsletter is sent on Tuesdays, and causes many calls for three hours. */
const RUSH = { day: 2, hours: [10, 11, 12], factor: 1.8 };

/** Arrivals per millisecond at a virtual time. */
export function computeArrivalRate(at: number, perDay: number): number {
  const date = new Date(at);
  const share = (HOURLY[date.getUTCHours()] ?? 0) / HOURLY_SUM;
  const rush = date.getUTCDay() === RUSH.day && RUSH.hours.includes(date.getUTCHours()) ? RUSH.factor : 1;
  return (perDay * rush * (DAILY[date.getUTCDay()] ?? 1) * share) / HOUR;
}

/** Opening hours of an ordinary queue: 07-21 on weekdays, 09-17 at the weekend (UTC). */
export function isOpen(at: number): boolean {
  const date = new Date(at);
  const hour = date.getUTCHours();
  const weekend = date.getUTCDay() % 6 === 0;
  return weekend ? hour >= 9 && hour < 17 : hour >= 7 && hour < 21;
}

/** A moment of the late morning or afternoon, a number of days after the day of `at`. */
export function computeOfficeTime(at: number, daysLater: number, random: Random): number {
  return findMidnight(at) + daysLater * DAY + Math.round(random.between(9, 16.5) * HOUR);
}

/**
 * Poisson arrivals over the profile. The rate is constant within an hour.
 * Arrivals fall on whole seconds, because `created_at` does.
 */
export function* drawArrivalTimes(
  span: { startMs: number; endMs: number },
  perDay: number,
  random: Random,
  arrive: (at: number) => void,
): Life {
  let at = span.startMs;
  for (let hour = span.startMs; hour < span.endMs; hour += HOUR) {
    const rate = computeArrivalRate(hour, perDay);
    const until = Math.min(hour + HOUR, span.endMs);
    for (let next = hour + random.exponential(1 / rate); next < until; next += random.exponential(1 / rate)) {
      const second = Math.floor(next / 1000) * 1000;
      yield second - at;
      at = second;
      arrive(second);
    }
  }
}
