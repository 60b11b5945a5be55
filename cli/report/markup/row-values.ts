import type { JsonValue } from '../../../local/warehouse/json-values.ts';

export type Row = Readonly<Record<string, JsonValue>>;

/** The number of a column; 0 for none, where nothing and none look the same. */
export const readNumber = (row: Row | undefined, column: string): number => {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
};

export const readText = (row: Row | undefined, column: string): string => String(row?.[column] ?? '');
