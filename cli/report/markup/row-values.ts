import type { JsonValue } from '../../../local/warehouse/json-values.ts';

export type Row = Readonly<Record<string, JsonValue>>;

/** Reads the number of a column, or 0 if there is none. Use it only where 0 and no value mean the same. */
export const readNumber = (row: Row | undefined, column: string): number => {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
};

export const readText = (row: Row | undefined, column: string): string => String(row?.[column] ?? '');
