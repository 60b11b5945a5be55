import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOfDay, dateText, dayNumber } from '../../lambdas/segments/calendar.ts';
import { parseInstant, plusHours } from '../../lambdas/segments/timestamps.ts';
import { parseUtc } from '../../lambdas/segments/utc.ts';
import { runs } from './fixtures/runs.ts';

const anyTime = fc.date({
  min: new Date('0000-01-01T00:00:00.000Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
});

describe('a timestamp', () => {
  it.each([
    ['2019-09-10T05:12:26.295Z', '2019-09-10T05:12:26.295Z'],
    ['2019-09-10T05:12:26Z', '2019-09-10T05:12:26.000Z'],
    ['2019-09-10T05:12Z', '2019-09-10T05:12:00.000Z'],
    ['2019-09-10T05:12:26.2Z', '2019-09-10T05:12:26.200Z'],
    ['2019-09-10T05:12:26,29Z', '2019-09-10T05:12:26.290Z'],
    ['2019-09-10T05:12:26.295999Z', '2019-09-10T05:12:26.295Z'],
    ['2019-09-10T05:12:26.295', '2019-09-10T05:12:26.295Z'],
    ['2019-09-10T05:12:26', '2019-09-10T05:12:26.000Z'],
    ['2019-09-10T05:12:26+02:00', '2019-09-10T03:12:26.000Z'],
    ['2019-09-10T05:12:26.295+0200', '2019-09-10T03:12:26.295Z'],
    ['2019-09-10T05:12:26.295-09', '2019-09-10T14:12:26.295Z'],
    ['2019-09-10T05:12:26.29-09:30', '2019-09-10T14:42:26.290Z'],
    ['2019-12-31T23:12:26-01:00', '2020-01-01T00:12:26.000Z'],
    ['2019-09-10T05:12:26+23:59', '2019-09-09T05:13:26.000Z'],
    ['2019-09-10T05:12:26+00:00', '2019-09-10T05:12:26.000Z'],
    ['2020-02-29T00:00:00Z', '2020-02-29T00:00:00.000Z'],
    ['2000-02-29T23:59:59.999Z', '2000-02-29T23:59:59.999Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['0099-12-31T00:00:00.000Z', '0099-12-31T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, canonical) => {
    expect(parseInstant(text)).toEqual({ time: Date.parse(canonical), text: canonical });
  });

  it.each([
    '',
    'never',
    '2019-09-10',
    '05:12:26Z',
    '20190910T051226Z',
    '2019-09-10 05:12:26Z',
    '2019-09-10t05:12:26z',
    '2019-09-10T05:12:26 UTC',
    ' 2019-09-10T05:12:26Z',
    '2019-09-10T05:12:26Z ',
    'x2019-09-10T05:12:26Z',
    '2019-09-10T05:12:26ZZ',
    '2019-09-10T05Z',
    '2019-09-10T05:12:26.Z',
    '2019-09-10T05:12:26..00Z',
    '2019-09-10T05:12:26:295Z',
    '2019-09-10T05:12:26.29XZ',
    '2019-09-10T05:12:26.X95Z',
    '2019/09-10T05:12:26Z',
    '2019-09/10T05:12:26Z',
    '2019-09-10T05-12:26Z',
    '2019-09-10T05:12-26Z',
    '2019-09-10T05:12:26X',
    'O019-09-10T05:12:26Z',
    '201O-09-10T05:12:26Z',
    '2019-O9-10T05:12:26Z',
    '2019-00-10T05:12:26Z',
    '2019-13-10T05:12:26Z',
    '2019-09-00T05:12:26Z',
    '2019-09-:0T05:12:26Z',
    '2019-09-/9T05:12:26Z',
    '2019-01-32T05:12:26Z',
    '2019-02-29T05:12:26Z',
    '1900-02-29T05:12:26Z',
    '2020-02-30T05:12:26Z',
    '2019-04-31T05:12:26Z',
    '2019-06-31T05:12:26Z',
    '2019-09-31T05:12:26Z',
    '2019-11-31T05:12:26Z',
    '2019-09-10T24:00:00Z',
    '2019-09-10T05:60:00Z',
    '2019-09-10T05:12:60Z',
    '2019-09-10T25:12:26+02:00',
    '2019-09-10T05:12:26+24:00',
    '2019-09-10T05:12:26+02:60',
    '2019-09-10T05:12:26+2',
    '12019-09-10T05:12:26Z',
    '+012019-09-10T05:12:26Z',
  ])('is not %j', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('is every last day of a month', () => {
    for (const [month, days] of [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].entries()) {
      const date = `2019-${String(month + 1).padStart(2, '0')}-${days}T00:00:00`;
      expect(parseInstant(`${date}Z`)?.time).toBe(Date.UTC(2019, month, days));
      expect(parseInstant(`${date}+00:00`)?.time).toBe(Date.UTC(2019, month, days));
    }
  });

  it('is read the same in all its forms', () => {
    fc.assert(
      fc.property(anyTime, fc.integer({ min: -1439, max: 1439 }), (date, minutes) => {
        const instant = { time: date.getTime(), text: date.toISOString() };
        expect(parseInstant(instant.text)).toEqual(instant);
        expect(parseInstant(instant.text.slice(0, -1))).toEqual(instant);
        const local = new Date(instant.time + minutes * 60_000).toISOString();
        fc.pre(local.length === 24);
        const offset = new Date(Math.abs(minutes) * 60_000).toISOString().slice(11, 16);
        const shifted = local.replace('Z', `${minutes < 0 ? '-' : '+'}${offset}`);
        expect(parseInstant(shifted)).toEqual(instant);
      }),
    );
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

describe('the two forms the API sends', () => {
  it('are read without detour', () => {
    fc.assert(
      fc.property(anyTime, (date) => {
        const text = date.toISOString();
        expect(parseUtc(text)).toEqual({ time: date.getTime(), text });
        const seconds = `${text.slice(0, 19)}Z`;
        expect(parseUtc(seconds)).toEqual({ time: Date.parse(seconds), text: seconds.replace('Z', '.000Z') });
      }),
      runs(500),
    );
  });

  it('are the only ones: a text with any other character in any place is none, or another time', () => {
    for (const text of ['2019-09-10T05:12:26.295Z', '2019-09-10T05:12:26Z'])
      for (const [place, character] of [...text].entries())
        for (const other of ['x', '/', ':', ' ', '0', '9'].filter((each) => each !== character)) {
          const changed = text.slice(0, place) + other + text.slice(place + 1);
          const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(changed) ? Date.parse(changed) : Number.NaN;
          expect([changed, parseUtc(changed)?.time ?? Number.NaN]).toEqual([changed, time]);
        }
  });

  it.each([
    '',
    'Z',
    '2019-09-10T05:12:26.29Z',
    '2019-09-10T05:12Z',
    '2019-09-10T05:12:26.2951Z',
    '2019-09-10T05:12:26+00Z',
  ])('are not of the length of %j', (text) => expect(parseUtc(text)).toBeNull());
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

describe('days', () => {
  it('are numbered as the calendar of the machine does', () => {
    fc.assert(
      fc.property(anyTime, (date) => {
        const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
        const number = Math.floor(date.getTime() / 86_400_000);
        expect(dayNumber(year, month, day)).toBe(number);
        expect(dateOfDay(number)).toEqual({ year, month, day });
      }),
      runs(1000),
    );
  });

  it('are written as the calendar of the machine does, in the years 1000 to 9999', () => {
    fc.assert(
      fc.property(anyTime, (date) => {
        const text = date.toISOString().slice(0, 10);
        expect(dateText(Math.floor(date.getTime() / 86_400_000))).toBe(text < '1000' ? null : text);
      }),
      runs(500),
    );
    for (const text of ['1000-01-01', '9999-12-31', '2019-10-10', '2019-09-09'])
      expect(dateText(Date.parse(text) / 86_400_000)).toBe(text);
    for (const text of ['0999-12-31', '+010000-01-01']) expect(dateText(Date.parse(text) / 86_400_000)).toBeNull();
  });

  it.each([
    '1600-02-29',
    '2000-02-29',
    '1999-12-31',
    '2000-03-01',
    '2399-12-31',
    '1900-02-28',
    '1900-03-01',
    '0000-02-29',
  ])('are right on %s', (text) => {
    const [year, month, day] = text.split('-').map(Number) as [number, number, number];
    const number = Date.parse(text) / 86_400_000;
    expect(dayNumber(year, month, day)).toBe(number);
    expect(dateOfDay(number)).toEqual({ year, month, day });
  });
});
