import { type ColumnUserConfig, getBorderCharacters, table } from 'table';
import { displayWidth } from './display-width.ts';
import { wrapWords } from './wrap-words.ts';

const MAX_CELL_LENGTH = 60;
const MIN_WRAPPED_WIDTH = 24;

/** No line of a table is longer. */
export const MAX_TABLE_WIDTH = 120;

/** A column has a border and two spaces beside its cells. */
const COLUMN_FRAME = 3;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the table refuses them, a terminal would obey them
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g;

type Cells = readonly (readonly string[])[];
type Style = ColumnUserConfig;

/**
 * Formats an aligned text table. Numbers are aligned right, nulls are shown as `NULL`, long values are cut.
 * If a table is wider than `MAX_TABLE_WIDTH`, its widest text column wraps. If that is not enough, the table is folded.
 * With key columns, the columns continue in further tables below. Without, each row becomes a list of names and values.
 * @param keys number of leading columns that are repeated in each part of a folded table
 */
export function formatTable(columns: readonly string[], rows: readonly (readonly unknown[])[], keys = 0): string {
  if (columns.length === 0) return '';
  const isRight = columns.map(
    (_, i) => rows.some((row) => isNumber(row[i])) && rows.every((row) => isNumber(row[i]) || row[i] == null),
  );
  const cells = [columns.map(formatCell), ...rows.map((row) => columns.map((_, i) => formatCell(row[i])))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => displayWidth(row[i] ?? ''))) + COLUMN_FRAME);
  const styles = isRight.map((right): Style => ({ alignment: right ? 'right' : 'left' }));
  const wrapped = findWrapped(cells, widths);
  if (wrapped !== undefined) {
    const { column, width } = wrapped;
    return drawTable(
      cells,
      styles.map((style, i) => (i === column ? { ...style, width, wrapWord: true } : style)),
    );
  }
  const parts = splitColumns(widths, keys);
  if (parts.length > 1 && keys === 0) return formatRecords(cells);
  return parts.map((part) => drawTable(select(cells, part), pick(styles, part))).join('');
}

/** The column that makes a wide table fit when it wraps, if there is one. */
function findWrapped(cells: Cells, widths: readonly number[]): { column: number; width: number } | undefined {
  const excess = sum(widths) + 1 - MAX_TABLE_WIDTH;
  if (excess <= 0) return undefined;
  const widest = Math.max(...widths);
  const column = widths.indexOf(widest);
  const width = widest - COLUMN_FRAME - excess;
  const hasWords = cells.some((row) => row[column]?.includes(' '));
  return hasWords && width >= MIN_WRAPPED_WIDTH ? { column, width } : undefined;
}

/** Groups columns so that each group, after the key columns, fits the width. @returns indexes of columns */
function splitColumns(widths: readonly number[], keys: number): number[][] {
  const indexes = widths.map((_, index) => index);
  const room = MAX_TABLE_WIDTH - 1 - sum(widths.slice(0, keys));
  const groups: number[][] = [];
  let used = 0;
  for (const index of indexes.slice(keys)) {
    const width = widths[index] ?? 0;
    const last = groups.at(-1);
    if (last === undefined || used + width > room) {
      groups.push([index]);
      used = width;
    } else {
      last.push(index);
      used += width;
    }
  }
  return groups.length === 0 ? [indexes] : groups.map((group) => [...indexes.slice(0, keys), ...group]);
}

const pick = <T>(values: readonly T[], indexes: readonly number[]): T[] =>
  values.filter((_, index) => indexes.includes(index));

const select = (cells: Cells, indexes: readonly number[]): Cells => cells.map((row) => pick(row, indexes));

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function drawTable(cells: Cells, styles: readonly Style[]): string {
  return table(
    cells.map((row) => [...row]),
    {
      border: getBorderCharacters('norc'),
      columns: [...styles],
      drawHorizontalLine: (line, count) => line <= 1 || line === count,
    },
  );
}

/** One block for each row, one line for each column. */
function formatRecords([names = [], ...rows]: Cells): string {
  const width = Math.max(...names.map((name) => displayWidth(name)));
  const blocks = rows.map((row, number) => {
    const lines = row.map((value, i) => {
      const name = names[i] ?? '';
      return `${name}${' '.repeat(width - displayWidth(name))} │ ${value}\n`;
    });
    return `── row ${number + 1} ──\n${lines.join('')}`;
  });
  return blocks.length === 0 ? `${wrapWords(`columns ${names.join(', ')}`, MAX_TABLE_WIDTH)}\n` : blocks.join('');
}

const isNumber = (value: unknown) => typeof value === 'number' || typeof value === 'bigint';

function formatCell(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const line = text.replace(CONTROL, ' ');
  return line.length > MAX_CELL_LENGTH ? `${line.slice(0, MAX_CELL_LENGTH - 1)}…` : line;
}
