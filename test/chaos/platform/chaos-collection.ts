import type { PlatformQuirks } from './platform-quirks.ts';

export type Json = Record<string, unknown>;

/** A record as the platform shows it now. */
export interface Row {
  readonly id: number;
  /** What the collection is ordered by: milliseconds of its cursor, or its id. */
  readonly order: number;
  /** Rises with every change of any row: the order in which rows lie on the disk. */
  readonly written: number;
  /** As the platform has it. */
  readonly record: Readonly<Json>;
  /** As the platform shows it. */
  readonly shown: Readonly<Json>;
  /** What it shows, in JSON. */
  readonly text: string;
  /** What it writes: the same with its quirks. */
  readonly wire: string;
}

/**
 * How rows of one time are ordered, which the platform leaves open: by id, the other way round, as they lie on the disk
 * (a change moves a row to the end), or differently for every page.
 */
export type TieOrder = 'id' | 'reverse' | 'disk' | 'page';

/** Rows of one path of the API. */
export class Collection {
  /** Field that orders and filters, or null for collections ordered by id. */
  readonly cursor: string | null;
  /** Field that is null while a row is open; it filters and orders, too. */
  readonly openUntil: string | null;
  /** What is wrong with the platform. */
  readonly quirks: PlatformQuirks;
  /** Number of records that are there at the start, with ids from 1. */
  first = 0;
  readonly #tieOrder: TieOrder;
  readonly #rows = new Map<number, Row>();
  #sorted: readonly Row[] | undefined;
  #written = 0;

  constructor(cursor: string | null, tieOrder: TieOrder, quirks: PlatformQuirks, openUntil: string | null = null) {
    this.quirks = quirks;
    this.cursor = cursor;
    this.openUntil = openUntil;
    this.#tieOrder = tieOrder;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: number): Row | undefined {
    return this.#rows.get(id);
  }

  /** Shows a record from now on. */
  put(id: number, record: Readonly<Json>): void {
    const order = this.cursor === null ? id : Date.parse(String(record[this.cursor]));
    this.#written += 1;
    const shown = this.quirks.show(record, this.cursor !== null);
    const wire = this.quirks.write(shown);
    this.#rows.set(id, { id, order, written: this.#written, record, shown, text: JSON.stringify(shown), wire });
    this.#sorted = undefined;
  }

  remove(id: number): void {
    this.#rows.delete(id);
    this.#sorted = undefined;
  }

  /** Whether a record can never be read. */
  isSpoiled(id: number): boolean {
    return this.quirks.isSpoiled(id, { first: this.first, isTail: this.cursor !== null });
  }

  /** The rows that can be read, in order. */
  readable(): readonly Row[] {
    return this.rows().filter(({ id }) => !this.isSpoiled(id));
  }

  /** All rows in order. */
  rows(): readonly Row[] {
    this.#sorted ??= [...this.#rows.values()].sort((a, b) => a.order - b.order || this.#tied(a, b));
    return this.#sorted;
  }

  /** Rows of a range, both ends included. */
  range(from: number, to: number): readonly Row[] {
    const rows = this.rows();
    if (from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY) return rows;
    return rows.filter(({ order }) => order >= from && order <= to);
  }

  /** Rows that were closed in a range, both ends included, in the order in which they were. */
  closed(from: number, to: number): readonly Row[] {
    const closedAt = ({ record }: Row) => Date.parse(String(record[this.openUntil ?? '']));
    return this.rows()
      .map((row) => ({ ...row, order: closedAt(row) }))
      .filter(({ order }) => order >= from && order <= to)
      .sort((a, b) => a.order - b.order || this.#tied(a, b));
  }

  /** The rows of one page of a range. Deleted ones may still have their places. */
  page(range: readonly Row[], page: number, per: number): { rows: readonly Row[]; places: number } {
    const places = this.quirks.layOut(this.#mix(range, page, per), this.first);
    const first = (page - 1) * per;
    return { rows: places.slice(first, first + per).filter((row) => row !== null), places: places.length };
  }

  #mix(range: readonly Row[], page: number, per: number): readonly Row[] {
    if (this.#tieOrder !== 'page' || range.length <= per) return range;
    const mixed = (id: number) => Math.imul(id, 0x9e3779b1 + 2 * page) >>> 0;
    return [...range].sort((a, b) => a.order - b.order || mixed(a.id) - mixed(b.id));
  }

  #tied(a: Row, b: Row): number {
    if (this.#tieOrder === 'disk') return a.written - b.written;
    return this.#tieOrder === 'reverse' ? b.id - a.id : a.id - b.id;
  }
}
