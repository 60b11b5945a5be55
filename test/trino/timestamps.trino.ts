import { describe, expect, inject, it } from 'vitest';
import { castColumn } from '../../sql/views/expressions.ts';
import { OTHER_YEARS, TIMESTAMP_CASES } from '../catalog/timestamp-texts.ts';
import { Trino } from './engine/trino-client.ts';

const server = inject('trino');

describe.skipIf(server === null)('a timestamp', () => {
  it('is read by Trino as the functions read it, and an invalid one is NULL', async () => {
    if (server === null) return;
    const cases = [...TIMESTAMP_CASES, ...OTHER_YEARS];
    const texts = cases.map(([text], index) => `(${index}, '${text}')`).join(', ');
    const { rows } = await new Trino(server.url).query(
      `SELECT CAST(${castColumn('timestamp', 'text')} AS varchar) FROM (VALUES ${texts}) AS texts (place, text) ORDER BY place`,
    );
    const inTrino = (value: string | null) => value?.replace('T', ' ').replace('Z', '') ?? null;
    expect(cases.map(([text], index) => [text, rows[index]?.[0]])).toEqual(
      cases.map(([text, value]) => [text, inTrino(value)]),
    );
  });
});
