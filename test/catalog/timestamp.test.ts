import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTime, timestampText } from '../../catalog/record-fields.ts';
import {
  INVALID_EVENT_TIME,
  INVALID_TIMESTAMP,
  isoTime,
  parseEventTime,
  parseTimestamp,
  readTimestamp,
  utcDate,
} from '../../catalog/timestamp.ts';
import { OTHER_YEARS, TIMESTAMP_CASES } from './timestamp-texts.ts';

const anyTime = fc
  .date({ min: new Date('0000-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.getTime());

/** Offsets in minutes, with their texts. */
const offset = fc
  .tuple(fc.integer({ min: -840, max: 840 }), fc.constantFrom(':', ''), fc.boolean())
  .map(([minutes, colon, short]) => {
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((n) =>
      String(n).padStart(2, '0'),
    );
    return { minutes, text: `${minutes < 0 ? '-' : '+'}${hours}${rest === '00' && short ? '' : `${colon}${rest}`}` };
  });

const timeOf = (value: string | null) => (value === null ? null : Date.parse(value));

describe('a timestamp', () => {
  it.each([...TIMESTAMP_CASES, ...OTHER_YEARS])('%j is %s', (text, value) => {
    expect(parseTimestamp(text)).toBe(timeOf(value));
  });

  it.each([null, undefined, 0, 1_772_445_600_000, true, {}, [], ['2026-03-02T10:00:00Z'], new Date(0)])(
    'is a text, not %j',
    (value) => expect(parseTimestamp(value)).toBeNull(),
  );

  it('has the same value in all notations', () => {
    fc.assert(
      fc.property(anyTime, offset, fc.stringMatching(/^\d{0,6}$/), (time, { minutes, text }, finer) => {
        const local = new Date(time + minutes * 60_000).toISOString();
        fc.pre(local.length === 24);
        expect(parseTimestamp(isoTime(time))).toBe(time);
        expect(parseTimestamp(`${local.slice(0, 23)}${finer}${text}`)).toBe(time);
        expect(parseTimestamp(`${local.slice(0, 23).replace('.', ',')}${finer}${text}`)).toBe(time);
        const seconds = Math.floor(time / 1000) * 1000;
        expect(parseTimestamp(`${local.slice(0, 19)}${text}`)).toBe(seconds);
        expect(parseTimestamp(`${local.slice(0, 16)}${text}`)).toBe(Math.floor(time / 60_000) * 60_000);
      }),
      { numRuns: 500 },
    );
  });

  it('is valid if and only if its day is in the calendar', () => {
    const days = fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.nat({ max: 99 }), fc.nat({ max: 99 }));
    fc.assert(
      fc.property(fc.oneof(days, fc.tuple(fc.integer({ min: 1890, max: 2110 }), fc.nat(13), fc.nat(32))), (parts) => {
        const [year = '', month = '', day = ''] = parts.map((part) => String(part).padStart(2, '0'));
        const text = `${year.padStart(4, '0')}-${month}-${day}T00:00:00.000Z`;
        const time = Date.parse(text);
        // the machine's own calendar takes a day too many for one of the next month
        const exists = !Number.isNaN(time) && new Date(time).toISOString() === text;
        expect([text, parseTimestamp(text)]).toEqual([text, exists ? time : null]);
      }),
      { numRuns: 2000 },
    );
  });

  it('is invalid, or a different one, after any character is replaced', () => {
    for (const text of ['2019-09-10T05:12:26.295Z', '2019-09-10T05:12:26Z'])
      for (const [place, character] of [...text].entries())
        for (const other of [...'x/: 09'].filter((each) => each !== character)) {
          const changed = text.slice(0, place) + other + text.slice(place + 1);
          const expected = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(changed)
            ? Date.parse(changed)
            : Number.NaN;
          expect([changed, parseTimestamp(changed)]).toEqual([changed, Number.isNaN(expected) ? null : expected]);
        }
  });

  it('that is required is refused with the expected format, and without the text', () => {
    expect(readTimestamp('2026-03-02T10:00:00Z')).toBe(Date.parse('2026-03-02T10:00:00Z'));
    expect(() => readTimestamp('sam@example.com')).toThrow(new RangeError(INVALID_TIMESTAMP));
  });
});

describe('the time of an event', () => {
  it.each(TIMESTAMP_CASES)('%j is %s, for a cursor and for validation', (text, value) => {
    expect(parseEventTime(text)).toBe(timeOf(value));
    expect(eventTime.safeParse(text).success).toBe(value !== null);
  });

  it.each(OTHER_YEARS.map(([text]) => text))('is not %s', (text) => {
    expect(parseEventTime(text)).toBeNull();
    expect(eventTime.safeParse(text).error?.issues).toMatchObject([{ message: INVALID_EVENT_TIME }]);
  });
});

describe('a time in an event or in the configuration of a function', () => {
  it.each([...TIMESTAMP_CASES, ...OTHER_YEARS])('may be %j if that is a timestamp', (text, value) => {
    const { error } = timestampText.safeParse(text);
    expect(error?.issues.map(({ message }) => message)).toEqual(value === null ? [INVALID_TIMESTAMP] : undefined);
  });
});

describe('a date', () => {
  it('is the beginning of a text in UTC', () => {
    fc.assert(
      fc.property(anyTime, (time) => {
        expect(utcDate(time)).toBe(isoTime(time).slice(0, 10));
      }),
    );
    expect(utcDate(parseTimestamp('2026-03-02T00:30:00+02:00') ?? 0)).toBe('2026-03-01');
  });

  it.each(['0999-12-31', '1000-01-01', '9999-12-31', '2019-10-10', '2019-09-09', '+010000-01-01', '-000001-12-31'])(
    'is written as %s',
    (text) => expect(utcDate(Date.parse(text))).toBe(text),
  );
});
