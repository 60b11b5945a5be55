import { describe, expect, it } from 'vitest';
import { findDayOrder, parseClockTime, toClock, toDay } from '../../../cli/reconcile/portal-times.ts';
import {
  isEmpty,
  parseFlag,
  parseId,
  parseNumber,
  parseSeconds,
  reduceText,
} from '../../../cli/reconcile/portal-values.ts';

describe('a number', () => {
  it.each([
    ['1204', 1204, 0.5],
    ['1,204', 1204, 0.5],
    ['1,204,567.5', 1_204_567.5, 0.05],
    ['1.204,5', 1204.5, 0.05],
    ['1.204.567', 1_204_567, 0.5],
    ['1 204', 1204, 0.5],
    ['12.5 %', 12.5, 0.05],
    ['12,5%', 12.5, 0.05],
    ['-3', -3, 0.5],
    ['0.25', 0.25, 0.005],
  ])('is read from %s, with half a unit of its last digit', (text, value, tolerance) => {
    expect(parseNumber(text)).toEqual({ value, tolerance: expect.closeTo(tolerance, 9) });
  });

  it.each([
    ['1.204', 1204],
    ['1,204', 1.204],
    ['1.204,5', 1204.5],
    ['12,5 %', 12.5],
  ])('is read from %s with a decimal comma', (text, value) => {
    expect(parseNumber(text, true)?.value).toBe(value);
  });

  it.each(['', 'abc', '1-2', '1..2', '%'])('is not read from "%s"', (text) => {
    expect(parseNumber(text)).toBeNull();
  });
});

describe('a length of time', () => {
  it.each([
    ['00:01:02', 62],
    ['01:02', 62],
    ['125:00:01', 450_001],
    ['1d 02:03:04', 93_784],
    ['2 days, 00:00:01', 172_801],
    ['00:00:01.5', 1.5],
    ['-00:00:05', -5],
    ['2m 5s', 125],
    ['1h', 3600],
    ['90s', 90],
    ['62', 62],
    ['1,062', 1062],
    ['62.4', 62.4],
  ])('is read from %s', (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds);
  });

  it.each(['', 'soon', '1:2:3:4'])('is not read from "%s"', (text) => {
    expect(parseSeconds(text)).toBeNull();
  });
});

it('a flag is read from words and numbers', () => {
  expect(['Yes', 'true', '1', 'x', '3'].map(parseFlag)).toEqual([true, true, true, true, true]);
  expect(['No', 'FALSE', '0', '', '-'].map(parseFlag)).toEqual([false, false, false, false, false]);
  expect(parseFlag('maybe')).toBeNull();
});

it('an id is read with or without a number sign and decimals', () => {
  expect(['42', '#42', ' 42 ', '42.0', '-1', 'x', ''].map(parseId)).toEqual(['42', '42', '42', '42', '-1', null, null]);
});

it('names are compared by letters and digits only', () => {
  expect(reduceText(' Main menu / Billing ')).toBe(reduceText('main-menu > BILLING'));
  expect(reduceText('Überlauf №1')).toBe('überlaufno1');
  expect(['', ' ', 'N/A', '-', null].map(isEmpty)).toEqual([true, true, true, true, true]);
  expect(isEmpty('0')).toBe(false);
});

describe('a time', () => {
  const clock = Date.UTC(2026, 10, 2, 14, 3, 5);
  it.each([
    '2026-11-02 14:03:05',
    '2026-11-02T14:03:05',
    '2026-11-02 14:03:05 EST',
    '11/02/2026 2:03:05 PM',
    '11/2/2026, 02:03:05 pm',
    'Nov 2, 2026 2:03:05 PM',
    'November 2 2026 14:03:05',
    '2026-11-02T14:03:05.900',
  ])('is read from %s on the clock of the zone', (text) => {
    expect(parseClockTime(text, 'Europe/Berlin')).toEqual({ clock, hasSeconds: true });
  });

  it('with an offset is converted to the zone', () => {
    expect(parseClockTime('2026-11-02T13:03:05Z', 'Europe/Berlin')?.clock).toBe(clock);
    expect(parseClockTime('2026-11-02 08:03:05 -05:00', 'Europe/Berlin')?.clock).toBe(clock);
    expect(parseClockTime('2026-11-02 13:03:05 UTC', 'Asia/Kolkata')?.clock).toBe(Date.UTC(2026, 10, 2, 18, 33, 5));
    expect(toClock(Date.UTC(2026, 6, 1, 12), 'Europe/Berlin')).toBe(Date.UTC(2026, 6, 1, 14));
  });

  it('can lack seconds, or be a day', () => {
    expect(parseClockTime('2026-11-02 14:03', 'UTC')).toEqual({ clock: clock - 5000, hasSeconds: false });
    expect(toDay(parseClockTime('11/02/2026', 'UTC')?.clock ?? 0)).toBe('2026-11-02');
    expect(parseClockTime('12:00 AM', 'UTC')).toBeNull();
    expect(parseClockTime('11/02/2026 12:00 AM', 'UTC')?.clock).toBe(Date.UTC(2026, 10, 2));
    expect(parseClockTime('11/02/2026 12:00 PM', 'UTC')?.clock).toBe(Date.UTC(2026, 10, 2, 12));
  });

  it('has the day first with points, or if a column shows it', () => {
    expect(findDayOrder(['11/02/2026', '11/13/2026'])).toBe('month first');
    expect(findDayOrder(['02/11/2026', '13/11/2026', null])).toBe('day first');
    expect(findDayOrder(['02.11.2026'])).toBe('day first');
    expect(parseClockTime('02.11.2026 14:03:05', 'UTC', 'day first')?.clock).toBe(clock);
  });

  it.each(['', 'yesterday', '2026-13-01', '2026-02-30', '31/31/2026'])('is not read from "%s"', (text) => {
    expect(parseClockTime(text, 'UTC')).toBeNull();
  });
});
