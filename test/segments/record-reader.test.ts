import { describe, expect, it } from 'vitest';
import {
  MAX_FACTS,
  readDuration,
  readId,
  readInstant,
  readObject,
  readObjects,
  readSome,
  readText,
} from '../../lambdas/segments/record-reader.ts';

it.each([
  ['a number of seconds', 12, 12_000],
  ['fractions, to the millisecond', 1.2345, 1_235],
  ['text', '12.5', 12_500],
  ['text between spaces', ' 7 ', 7_000],
  ['zero', 0, 0],
  ['minus zero, as zero', -0, 0],
  ['less than a millisecond below zero, as zero', -0.0001, 0],
  ['a negative number', -3, -3_000],
  ['no empty text', '', null],
  ['no spaces', '  ', null],
  ['no other text', '1 min', null],
  ['no boolean', true, null],
  ['no list', [5], null],
  ['not null', null, null],
  ['nothing infinite', Number.POSITIVE_INFINITY, null],
  ['nothing beyond exact milliseconds', 1e16, null],
])('a duration is read from %s', (_, value, milliseconds) => {
  expect(readDuration(value)).toBe(milliseconds);
});

describe('objects', () => {
  it.each([[undefined], [null], ['text'], [5], [[{ id: 1 }]]])('are not read from %j', (value) => {
    expect(readObject(value)).toEqual({});
  });

  it('are read from lists, without anything else in them', () => {
    expect(readObject({ id: 1 })).toEqual({ id: 1 });
    expect(readObjects([{ id: 1 }, null, 'text', [2], { id: 3 }])).toEqual([{ id: 1 }, { id: 3 }]);
    expect(readObjects([{ id: 1 }])).toEqual([{ id: 1 }]);
    for (const value of [undefined, null, 'text', { id: 1 }]) expect(readObjects(value)).toEqual([]);
  });

  it('are read up to as many as facts are made of, and an anomaly names the list that has more', () => {
    const anomalies: string[] = [];
    const rows = Array.from({ length: MAX_FACTS + 1 }, (_, id) => ({ id }));
    expect(readSome({ rows: rows.slice(1) }, 'rows', anomalies)).toEqual(rows.slice(1));
    expect(anomalies).toEqual([]);
    expect(readSome({ rows }, 'rows', anomalies)).toEqual(rows.slice(0, MAX_FACTS));
    expect(anomalies).toEqual(['truncated:rows']);
  });
});

it('text is not empty', () => {
  expect([readText('a'), readText(''), readText(5), readText(null)]).toEqual(['a', null, null, null]);
});

it('an id is an integer that a number can hold', () => {
  expect([readId(7), readId('7'), readId('9223372036854775807'), readId('x'), readId(1.5)]).toEqual([
    7,
    7,
    null,
    null,
    null,
  ]);
});

it('a time that cannot be read counts as missing, and an anomaly names its field', () => {
  const anomalies: string[] = [];
  expect(readInstant('2019-06-07T10:00:00Z', 'queued_at', anomalies)?.time).toBe(Date.UTC(2019, 5, 7, 10));
  expect([readInstant(null, 'queued_at', anomalies), readInstant(undefined, 'queued_at', anomalies)]).toEqual([
    null,
    null,
  ]);
  expect(anomalies).toEqual([]);
  expect(readInstant('yesterday', 'queued_at', anomalies)).toBeNull();
  expect(anomalies).toEqual(['bad_timestamp:queued_at']);
});
