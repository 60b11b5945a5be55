import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnsweredLake, AnswerTooLongError } from '../../lambdas/audit/execution/answered-lake.ts';
import { parseCsvRows } from '../../lambdas/audit/execution/csv-rows.ts';

async function* piecesOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** A CSV file as Athena writes it. */
const formatCsv = (rows: readonly (readonly (string | null)[])[]) =>
  rows
    .map((row) => `${row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`)
    .join('');

it('reads every value that Athena can write, whatever pieces the file comes in', async () => {
  const value = fc.option(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'ü', '€', '😀', ' ') }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, value, value)), fc.integer({ min: 1, max: 20 }), async (rows, size) => {
      const names = ['first', 'second', 'third'];
      const read = await Array.fromAsync(parseCsvRows(piecesOf(formatCsv([names, ...rows]), size)));
      expect(read.map((row) => names.map((name) => row.get(name) ?? null))).toEqual(rows);
    }),
  );
});

const rowsOf = (count: number) =>
  parseCsvRows(
    piecesOf(
      formatCsv([['kind', 'id', 'dt'], ...Array.from({ length: count }, (_, id) => ['record', `${id}`, '2026-03-02'])]),
      100,
    ),
  );

it('refuses an answer that the memory of the function has no room for', async () => {
  const sizes = async () => new Map<string, number>();
  expect(await (await AnsweredLake.read(rowsOf(3), sizes, 3)).readTail()).toHaveLength(3);
  await expect(AnsweredLake.read(rowsOf(4), sizes, 3)).rejects.toThrow(AnswerTooLongError);
});
