import { getBorderCharacters, table } from 'table';

const MAX_CELL_LENGTH = 60;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the table refuses them, a terminal would obey them
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

/** An aligned text table: numbers to the right, nulls shown as such, long values cut. */
export function formatTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  if (columns.length === 0) return '';
  const numeric = columns.map(
    (_, i) => rows.some((row) => isNumber(row[i])) && rows.every((row) => isNumber(row[i]) || row[i] == null),
  );
  return table([columns.map(cellOf), ...rows.map((row) => columns.map((_, i) => cellOf(row[i])))], {
    border: getBorderCharacters('norc'),
    columns: numeric.map((right) => ({ alignment: right ? 'right' : 'left' })),
    drawHorizontalLine: (line, count) => line <= 1 || line === count,
  });
}

const isNumber = (value: unknown) => typeof value === 'number' || typeof value === 'bigint';

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const line = text.replace(CONTROL, ' ');
  return line.length > MAX_CELL_LENGTH ? `${line.slice(0, MAX_CELL_LENGTH - 1)}…` : line;
}
