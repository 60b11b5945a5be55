import { expect, it } from 'vitest';
import { differences, type Table } from './normalised-rows.ts';

const table = (...values: readonly (number | string)[]): Table => ({
  columns: ['x'],
  rows: values.map((value) => [value]),
});

it('two answers differ if a value, a row or a column differs', () => {
  expect(differences(table(1, 2.5, 'a'), table(1, 2.5, 'a'))).toEqual([]);
  expect(differences(table('a'), table('b'))).toEqual(['row 1: x "a" and "b"']);
  expect(differences(table(1, 2), table(1, 3))).toEqual(['row 2: x 2 and 3']);
  expect(differences(table(1, 2), table(1))).toEqual(['2 and 1 rows', 'row 2: x 2 and null']);
  expect(differences(table(1), { ...table(1), columns: ['y'] })).toEqual(['columns x and y']);
});

it('the last digits of a sum do not count as a difference', () => {
  expect(differences(table(0.1 + 0.2), table(0.3))).toEqual([]);
  expect(differences(table(0.3001), table(0.3))).toHaveLength(1);
});

it('one average that is rounded to the other side is not a difference, but two are', () => {
  expect(differences(table(1.2, 7.4), table(1.2, 7.5))).toEqual([]);
  expect(differences(table(1.2, 7.4), table(1.1, 7.5))).toEqual(['row 2: x 7.4 and 7.5']);
  expect(differences(table(1.2, 7.4), table(1.2, 7.6))).toEqual(['row 2: x 7.4 and 7.6']);
});
