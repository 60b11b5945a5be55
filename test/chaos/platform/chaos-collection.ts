export type Json = Record<string, unknown>;

/** A record as the platform shows it now. */
export interface Row {
  readonly id: number;
  /** What the collection is ordered by: milliseconds of its cursor, or its id. */
  readonly order: number;
  /** Rises with every change of any row: the order in which rows lie on the disk. */
  readonly written: number;
  readonly record: Readonly<Json>;
  readonly text: string;
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
  readonly #tieOrder: TieOrder;
  readonly #rows = new Map<number, Row>();
  #sorted: readonly Row[] | undefined;
  #written = 0;

  constructor(cursor: string | null, tieOrder: TieOrder, openUntil: string | null = null) {
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
    this.#rows.set(id, { id, order, written: this.#written, record, text: JSON.stringify(record) });
    this.#sorted = undefined;
  }

  remove(id: number): void {
    this.#rows.delete(id);
    this.#sorted = undefined;
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

  /** The rows of one page of a range. */
  page(range: readonly Row[], page: number, per: number): readonly Row[] {
    const first = (page - 1) * per;
    if (this.#tieOrder !== 'page' || range.length <= per) return range.slice(first, first + per);
    const mixed = (id: number) => Math.imul(id, 0x9e3779b1 + 2 * page) >>> 0;
    return [...range].sort((a, b) => a.order - b.order || mixed(a.id) - mixed(b.id)).slice(first, first + per);
  }

  #tied(a: Row, b: Row): number {
    if (this.#tieOrder === 'disk') return a.written - b.written;
    return this.#tieOrder === 'reverse' ? b.id - a.id : a.id - b.id;
  }
}
