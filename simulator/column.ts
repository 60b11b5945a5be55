import type { ApiRecord } from './render.ts';

/** The value by which a field is sorted and filtered: timestamps are epoch milliseconds, objects cannot be compared. */
export type Key = number | string | null;

/** One field of a whole collection. */
export interface Column {
  /** Key by position in the collection. */
  readonly keys: ArrayLike<Key>;
  /** Positions, ascending by key, then id; records without a key come last. */
  readonly order: readonly number[];
  /** Whether any record has the field. */
  readonly known: boolean;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** The key of a field's value. */
export function toKey(value: unknown): Key {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return null;
  return INSTANT.test(value) ? Date.parse(value) : value;
}

/** Ascending: numbers, words, nothing. */
export function compareKeys(a: Key, b: Key): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === 'number') return typeof b === 'number' ? a - b : -1;
  if (typeof b === 'number') return 1;
  return a < b ? -1 : 1;
}

/** Reads a field of records that are in order of their ids. */
export function createColumn(name: string, size: number, record: (position: number) => ApiRecord): Column {
  const keys: Key[] = [];
  let known = false;
  for (let position = 0; position < size; position += 1) {
    const one = record(position);
    known ||= name in one;
    keys.push(toKey(one[name]));
  }
  const order = keys.map((_, position) => position);
  order.sort((a, b) => compareKeys(keys[a] ?? null, keys[b] ?? null) || a - b);
  return { keys, order, known };
}

/** A collection at one moment, ordered by id: queries run against it. */
export interface Listing {
  readonly size: number;
  record(position: number): ApiRecord;
  /** The record as JSON in UTF-8. */
  bytes(position: number): Uint8Array;
  column(name: string): Column;
  /** Answers that were computed for this state of the collection; discarded when it changes. */
  readonly memo: Map<string, readonly number[]>;
  /** Pages that were rendered for this state; a second walk of the same pages gets the same bytes. */
  readonly pages: Map<string, Buffer>;
}

/** A small collection, rendered as a whole. */
export class Snapshot implements Listing {
  readonly memo = new Map<string, readonly number[]>();
  readonly pages = new Map<string, Buffer>();
  readonly #records: readonly ApiRecord[];
  readonly #write: (record: ApiRecord) => string;
  readonly #columns = new Map<string, Column>();
  readonly #bytes: Uint8Array[] = [];

  constructor(records: readonly ApiRecord[], write: (record: ApiRecord) => string = JSON.stringify) {
    this.#records = records;
    this.#write = write;
  }

  get size(): number {
    return this.#records.length;
  }

  record(position: number): ApiRecord {
    return this.#records[position] ?? {};
  }

  bytes(position: number): Uint8Array {
    const known = this.#bytes[position] ?? Buffer.from(this.#write(this.record(position)));
    this.#bytes[position] = known;
    return known;
  }

  column(name: string): Column {
    const column = this.#columns.get(name) ?? createColumn(name, this.size, (position) => this.record(position));
    this.#columns.set(name, column);
    return column;
  }
}
