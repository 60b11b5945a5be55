import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInstant, isWithin, parseInstant, plusHours } from '../../lambdas/segments/instant.ts';
import { OTHER_YEARS, TIMESTAMP_CASES } from '../catalog/timestamp-texts.ts';
import { runs } from './fixtures/runs.ts';

const anyTime = fc.date({
  min: new Date('0000-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('an instant', () => {
  it.each([...TIMESTAMP_CASES, ...OTHER_YEARS])('%j is %s', (text, canonical) => {
    expect(parseInstant(text)).toEqual(canonical === null ? null : { time: Date.parse(canonical), text: canonical });
  });

  it('of whole seconds gets its milliseconds', () => {
    fc.assert(
      fc.property(anyTime, (date) => {
        const text = `${date.toISOString().slice(0, 19)}Z`;
        expect(parseInstant(text)).toEqual({ time: Date.parse(text), text: text.replace('Z', '.000Z') });
      }),
    );
  });
});

describe('hours later', () => {
  it('are the same as toISOString gives, for days and for parts of an hour', () => {
    fc.assert(
      fc.property(
        anyTime,
        fc.oneof(
          fc.constantFrom(0, 24, 48, -24, 1, 12.5, 24 * 365, -24 * 366 * 400, 24 * 365 * 9000),
          fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        ),
        (date, hours) => {
          const time = date.getTime() + Math.round(hours * 3_600_000);
          expect(plusHours({ time: date.getTime(), text: date.toISOString() }, hours)).toEqual({
            time,
            text: new Date(time).toISOString(),
          });
        },
      ),
      runs(500),
    );
  });

  it.each([
    ['0999-12-31T01:02:03.004Z', '1000-01-01T01:02:03.004Z'],
    ['0998-12-31T01:02:03.004Z', '0999-01-01T01:02:03.004Z'],
    ['9999-12-31T01:02:03.004Z', '+010000-01-01T01:02:03.004Z'],
    ['9999-12-30T01:02:03.004Z', '9999-12-31T01:02:03.004Z'],
    ['2019-09-30T01:02:03.004Z', '2019-10-01T01:02:03.004Z'],
    ['2020-02-28T01:02:03.004Z', '2020-02-29T01:02:03.004Z'],
  ])('24 after %s is %s', (text, next) => {
    expect(plusHours({ time: Date.parse(text), text }, 24).text).toBe(next);
  });
});

describe('a time between two others', () => {
  const instant = (time: number | null) => (time === null ? null : createInstant(time));

  it.each([
    [5_000, 4_000, 6_000, true],
    [5_000, 5_000, 5_001, true],
    // payloads mix whole seconds and milliseconds
    [4_001, 5_000, 6_000, true],
    [4_000, 5_000, 6_000, false],
    [5_999, 5_000, 6_000, true],
    [6_000, 5_000, 6_000, false],
    [1, null, 6_000, true],
    [6_000, null, 6_000, false],
    [9_000, 5_000, null, true],
    [4_000, 5_000, null, false],
    [9_000, null, null, true],
    [null, null, null, true],
    [null, 5_000, null, false],
    [null, null, 6_000, false],
    [null, 5_000, 6_000, false],
  ])('%s after %s and before %s: %s', (time, from, to, expected) => {
    expect(isWithin(instant(time), instant(from), instant(to))).toBe(expected);
  });
});
