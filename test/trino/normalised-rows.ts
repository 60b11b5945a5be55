import type { JsonValue } from '../../local/warehouse/json-values.ts';
import type { QueryResult } from '../../local/warehouse/warehouse.ts';
import type { Answer } from './engine/trino-client.ts';

/** Sums of doubles depend on the order in which they are added. */
const RELATIVE = 1e-9;

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly JsonValue[])[];
}

/** DuckDB's answer as rows of values. */
export function fromDuckDb({ columns, rows }: QueryResult): Table {
  const names = columns.map(({ name }) => name);
  return { columns: names, rows: rows.map((row) => names.map((name) => plain(row[name] ?? null))) };
}

/** Trino's answer with values as JSON has them: times in ISO 8601, decimals as numbers. */
export function fromTrino({ columns, rows }: Answer): Table {
  return {
    columns: columns.map(({ name }) => name),
    rows: rows.map((row) => row.map((value, index) => trinoValue(value, columns[index]?.type ?? ''))),
  };
}

function trinoValue(value: unknown, type: string): JsonValue {
  if (value === null || value === undefined) return null;
  if (type.startsWith('timestamp')) return isoTime(String(value));
  if (type.startsWith('decimal')) return Number(value);
  if (Array.isArray(value)) {
    const [, element = ''] = /^array\((.*)\)$/.exec(type) ?? [];
    return value.map((item) => trinoValue(item, element));
  }
  if (typeof value === 'object') return Object.entries(value).map(([key, item]) => [key, trinoValue(item, '')]);
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

const isoTime = (text: string): string => new Date(`${text.replace(' UTC', '').replace(' ', 'T')}Z`).toISOString();

/** A struct is a list of its values, as Trino gives it. */
function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' && value !== null ? Object.values(value).map(plain) : value;
}

/** Sorts rows, for answers without an order. */
export const sorted = ({ columns, rows }: Table): Table => ({
  columns,
  rows: [...rows].sort((a, b) => {
    const [x, y] = [orderOf(a), orderOf(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }),
});

/** Doubles that differ in their last digits only must not be sorted differently. */
const orderOf = (row: readonly JsonValue[]): string =>
  JSON.stringify(row, (_key, value) => (typeof value === 'number' ? value.toPrecision(9) : value));

/**
 * The first rows in which two tables differ; none if they agree. Halfway between two rounded values the order in which an engine
 * adds decides to which side an average falls: one such cell is no difference, a second one is.
 */
export function differences(a: Table, b: Table, tolerance = RELATIVE): string[] {
  if (a.columns.join() !== b.columns.join()) return [`columns ${a.columns.join()} and ${b.columns.join()}`];
  const found = a.rows.length === b.rows.length ? [] : [`${a.rows.length} and ${b.rows.length} rows`];
  const steps = a.columns.map((_, column) => stepOf(a, column));
  let halfway = 0;
  for (const [index, row] of a.rows.entries()) {
    const other = b.rows[index] ?? [];
    const wrong = a.columns.filter((_, column) => {
      const [x, y] = [row[column] ?? null, other[column] ?? null];
      if (equal(x, y, tolerance)) return false;
      return !(isOneStep(x, y, steps[column]) && ++halfway === 1);
    });
    if (wrong.length === 0) continue;
    const cells = wrong.map((name) => {
      const column = a.columns.indexOf(name);
      return `${name} ${JSON.stringify(row[column])?.slice(0, 200)} and ${JSON.stringify(other[column] ?? null)?.slice(0, 200)}`;
    });
    found.push(`row ${index + 1}: ${cells.join('; ')}`);
    if (found.length > 3) break;
  }
  return found;
}

/** Decimals that a rounded number has at most. */
const MOST_DECIMALS = 3;

/** Distance of the values that a column of rounded numbers can have; undefined for one of whole or unrounded numbers. */
function stepOf({ rows }: Table, column: number): number | undefined {
  const decimals = Math.max(0, ...rows.map((row) => decimalsOf(row[column])));
  return decimals === 0 || decimals > MOST_DECIMALS ? undefined : 10 ** -decimals;
}

const decimalsOf = (value: JsonValue | undefined): number =>
  typeof value === 'number' ? (/\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0) : 0;

const isOneStep = (a: JsonValue, b: JsonValue, step: number | undefined): boolean =>
  typeof a === 'number' && typeof b === 'number' && step !== undefined && Math.abs(Math.abs(a - b) / step - 1) < 1e-6;

function equal(a: JsonValue, b: JsonValue, tolerance: number): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
  return JSON.stringify(a) === JSON.stringify(b);
}
