import type { DuckDBConnection } from '@duckdb/node-api';

/** A view or table of a warehouse. */
export interface WarehouseView {
  readonly name: string;
  /** The statement that creates it. */
  readonly sql: string;
}

/** A view over files. */
export interface FileView extends WarehouseView {
  /** The statement that creates it without rows. */
  readonly empty: string;
}

/** Queries that can list every table. `DESC` is the order of rows in all other places. */
const ASKS_CATALOG = /\b(information_schema|show|pragma|(duckdb|pragma|pg|sqlite)_\w+)\b|(^|[(;])\s*desc(ribe)?\b/i;

/**
 * The views of a warehouse, each of which is created before the first query that can need it. Most queries need few of them, and
 * creating all takes longer than most queries.
 */
export class WarehouseViews {
  readonly #connection: DuckDBConnection;
  readonly #files: readonly FileView[];
  readonly #views: readonly WarehouseView[];
  /** What each view is made of. */
  readonly #texts: ReadonlyMap<string, string>;
  readonly #created = new Set<string>();
  #last: Promise<void> = Promise.resolve();

  /**
   * @param files views over files
   * @param views other views, in an order in which they can be created
   */
  constructor(connection: DuckDBConnection, files: readonly FileView[], views: readonly WarehouseView[]) {
    this.#connection = connection;
    this.#files = files;
    this.#views = views;
    this.#texts = new Map([
      ...files.map(({ name }) => [name, ''] as const),
      ...views.map((view) => [view.name, view.sql] as const),
    ]);
  }

  /** Names of all views. */
  get names(): readonly string[] {
    return [...this.#views, ...this.#files].map(({ name }) => name);
  }

  /** Whether every view was created. */
  get isComplete(): boolean {
    return this.#created.size === this.names.length;
  }

  /** Creates what a query can need and what is not there yet. */
  createFor(sql: string): Promise<void> {
    return this.#inTurn(() => (ASKS_CATALOG.test(sql) ? new Set(this.names) : this.#findNeeded(sql)));
  }

  createAll(): Promise<void> {
    return this.#inTurn(() => new Set(this.names));
  }

  #inTurn(find: () => ReadonlySet<string>): Promise<void> {
    const created = this.#last.then(() => this.#create(find()));
    // a failed query does not prevent the next one
    this.#last = created.catch(() => undefined);
    return created;
  }

  async #create(needed: ReadonlySet<string>): Promise<void> {
    if ([...needed].every((name) => this.#created.has(name))) return;
    const views = this.#views.filter(({ name }) => needed.has(name) && !this.#created.has(name));
    const files = this.#files.filter(({ name }) => needed.has(name));
    // views are created over empty tables, because creating one over files would list the files
    const statements = [
      ...files.map(({ empty }) => empty),
      ...views.map((view) => view.sql),
      ...files.map((file) => file.sql),
    ];
    await this.#connection.run(statements.join('\n'));
    for (const { name } of [...views, ...files]) this.#created.add(name);
  }

  /** Finds the views that a text names, and those that they are made of. */
  #findNeeded(sql: string): Set<string> {
    const needed = new Set<string>();
    const texts = [sql];
    for (const text of texts)
      for (const word of text.toLowerCase().match(/\w+/g) ?? []) {
        if (needed.has(word) || !this.#texts.has(word)) continue;
        needed.add(word);
        texts.push(this.#texts.get(word) ?? '');
      }
    return needed;
  }
}
