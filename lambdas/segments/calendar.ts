/** Milliseconds of a day. */
export const DAY = 86_400_000;

/** Days of a month (1 to 12) of a year of the Gregorian calendar. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 0000-03-01 to 1970-01-01. Counted from March, the leap day is the last day of its year. */
const EPOCH = 719_468;

/** Days since 1970-01-01. Not `Date.UTC`, which takes the years 0 to 99 for 1900 to 1999. */
export function dayNumber(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const monthsSinceMarch = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((153 * monthsSinceMarch + 2) / 5) + day - 1 - EPOCH;
}

/** Date of a day since 1970-01-01, the inverse of {@link dayNumber}. */
export function dateOfDay(dayNumber: number): { year: number; month: number; day: number } {
  const sinceMarch = dayNumber + EPOCH;
  const era = Math.floor(sinceMarch / 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthsSinceMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthsSinceMarch < 10 ? monthsSinceMarch + 3 : monthsSinceMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * monthsSinceMarch + 2) / 5) + 1,
  };
}

/** `YYYY-MM-DD` of a day since 1970-01-01; null outside the years 1000 to 9999, which are written otherwise. */
export function dateText(dayNumber: number): string | null {
  const { year, month, day } = dateOfDay(dayNumber);
  if (!(year >= 1000 && year <= 9999)) return null;
  return `${year}-${month < 10 ? '0' : ''}${month}-${day < 10 ? '0' : ''}${day}`;
}

/** Milliseconds since the epoch; NaN if there is no such day or time. */
export function timeOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  millisecond: number,
): number {
  const inCalendar = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
  if (!inCalendar || !(hour <= 23) || !(minute <= 59) || !(second <= 59)) return Number.NaN;
  return dayNumber(year, month, day) * DAY + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
}
