import { type Column, createColumn, type Listing } from './column.ts';
import type { ApiRecord } from './render.ts';

/** An item with versions: `times` are the distinct moments at which its record changes. The first is its creation. */
export interface Item {
  readonly id: number;
  readonly times: readonly number[];
  /** Milliseconds after a change at which the API shows it. @default 0 */
  readonly delay?: number;
  render(at: number): ApiRecord;
  /** @default - as JSON */
  write?(record: ApiRecord): string;
}

/** Fields whose keys are known without rendering. */
export interface ShelfFields {
  readonly born: string;
  readonly changed?: string;
}

/**
 * A large collection as of a moving time. Going forward costs only what changed meanwhile: a record that changes
 * moves to the end of the order by last change. Going back starts again.
 */
export class Shelf implements Listing {
  readonly memo = new Map<string, readonly number[]>();
  readonly pages = new Map<string, Buffer>();
  readonly #items: readonly Item[];
  readonly #fields: ShelfFields;
  readonly #hasDelays: boolean;
  /** All changes of all items in the order in which they are shown. */
  readonly #changeTimes: Float64Array;
  readonly #changeItems: Uint32Array;
  #next = 0;
  #size = 0;
  #at = Number.NEGATIVE_INFINITY;
  readonly #versions: Uint16Array;
  readonly #changedAt: Float64Array;
  readonly #bytes: (Uint8Array | undefined)[];
  #byChange: number[] = [];
  #byId: number[] = [];
  readonly #columns = new Map<string, Column>();

  /** Items are ordered by id, which is the order of creation. */
  constructor(items: readonly Item[], fields: ShelfFields) {
    this.#items = items;
    this.#fields = fields;
    this.#hasDelays = items.some(({ delay = 0 }) => delay > 0);
    const count = items.reduce((sum, item) => sum + item.times.length, 0);
    const times = new Float64Array(count);
    const owners = new Uint32Array(count);
    let next = 0;
    items.forEach((item, position) => {
      for (const time of item.times) {
        times[next] = time + (item.delay ?? 0);
        owners[next] = position;
        next += 1;
      }
    });
    // Typed arrays only: two weeks have a quarter of a million changes, and an object per change would burden the garbage collector.
    const sorted = Uint32Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
    this.#changeTimes = Float64Array.from(sorted, (index) => times[index] ?? 0);
    this.#changeItems = Uint32Array.from(sorted, (index) => owners[index] ?? 0);
    this.#versions = new Uint16Array(items.length);
    this.#changedAt = new Float64Array(items.length);
    this.#bytes = new Array(items.length);
  }

  get size(): number {
    return this.#size;
  }

  /** The collection at a virtual time. */
  at(time: number): this {
    if (time === this.#at) return this;
    if (time < this.#at) this.#rewind();
    this.#at = time;
    const touched = new Set<number>();
    while (this.#next < this.#changeTimes.length && (this.#changeTimes[this.#next] ?? 0) <= time) {
      this.#touch(this.#changeItems[this.#next] ?? 0, this.#changeTimes[this.#next] ?? 0, touched);
      this.#next += 1;
    }
    if (touched.size > 0) this.#settle(touched);
    return this;
  }

  record(position: number): ApiRecord {
    const item = this.#items[position];
    if (item === undefined) throw new RangeError(`no record at ${position}`);
    return item.render(this.#changedAt[position] ?? 0);
  }

  bytes(position: number): Uint8Array {
    const known = this.#bytes[position];
    if (known !== undefined) return known;
    const record = this.record(position);
    const bytes = Buffer.from(this.#items[position]?.write?.(record) ?? JSON.stringify(record));
    this.#bytes[position] = bytes;
    return bytes;
  }

  column(name: string): Column {
    if (name === this.#fields.changed) return { keys: this.#changedAt, order: this.#byChange, known: true };
    const known = this.#columns.get(name);
    if (known) return known;
    const column = this.#fixed(name) ?? createColumn(name, this.#size, (position) => this.record(position));
    this.#columns.set(name, column);
    return column;
  }

  /** Fields that never change and grow with the position. */
  #fixed(name: string): Column | null {
    if (name !== 'id' && name !== this.#fields.born) return null;
    const keys = this.#byId.map((position) => {
      const item = this.#items[position];
      return (name === 'id' ? item?.id : item?.times[0]) ?? null;
    });
    return { keys, order: this.#byId, known: true };
  }

  #touch(position: number, time: number, touched: Set<number>): void {
    if (this.#versions[position] === 0) {
      this.#byId.push(position);
      this.#size += 1;
    }
    this.#versions[position] = (this.#versions[position] ?? 0) + 1;
    this.#changedAt[position] = time - (this.#items[position]?.delay ?? 0);
    this.#bytes[position] = undefined;
    touched.add(position);
  }

  #settle(touched: ReadonlySet<number>): void {
    this.memo.clear();
    this.pages.clear();
    this.#columns.clear();
    if (this.#hasDelays) this.#byId.sort((a, b) => a - b);
    if (this.#fields.changed === undefined) return;
    const byChange = (a: number, b: number) => (this.#changedAt[a] ?? 0) - (this.#changedAt[b] ?? 0) || a - b;
    const moved = [...touched].sort(byChange);
    const stayed = this.#byChange.length === 0 ? [] : this.#byChange.filter((position) => !touched.has(position));
    this.#byChange = stayed.concat(moved);
    // what is shown late belongs before what was shown already
    if (this.#hasDelays) this.#byChange.sort(byChange);
  }

  #rewind(): void {
    this.#next = 0;
    this.#size = 0;
    this.#versions.fill(0);
    this.#bytes.fill(undefined);
    this.#byChange = [];
    this.#byId = [];
    this.#columns.clear();
    this.memo.clear();
    this.pages.clear();
  }
}
