import {
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResultReader,
  StatementType,
} from '@duckdb/node-api';
import { type JsonValue, toJsonValue } from './json-values.ts';
import { toQueryError } from './query-error.ts';
import { QueryError } from './warehouse-errors.ts';
import type { WarehouseViews } from './warehouse-views.ts';

export interface ResultColumn {
  readonly name: string;
  /** Type in lower case, e.g. `bigint`, `varchar`, `timestamp`. */
  readonly type: string;
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: Record<string, JsonValue>[];
}

/** SQL access to a lake on this machine, with the same names and results as in Athena. */
export class Warehouse implements AsyncDisposable {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #views: WarehouseViews;

  constructor(instance: DuckDBInstance, connection: DuckDBConnection, views: WarehouseViews) {
    this.#instance = instance;
    this.#connection = connection;
    this.#views = views;
  }

  /** Names of the views and raw tables. */
  get tables(): readonly string[] {
    return this.#views.names;
  }

  /**
   * Runs a query, which only reads. Of several statements, returns the result of the last.
   * @throws QueryError if the SQL is wrong, if it would write, or if a file cannot be read
   */
  async query(sql: string): Promise<QueryResult> {
    const code = sql.replaceAll(/--.*|\/\*[\s\S]*?\*\//g, ' ');
    if (code.replaceAll(';', '').trim() === '') throw new QueryError('there is no SQL in the query');
    // it creates its folder as soon as it is prepared
    if (/(^|;)\s*export\s/i.test(code)) throw new QueryError(ONLY_READS);
    try {
      await this.#views.createFor(sql);
      const reader = await this.#answer(sql).catch((error: unknown) => this.#answerWithAll(sql, error));
      const columns = columnsOf(reader);
      const rows = reader
        .getRows()
        .map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, toJsonValue(row[index] ?? null)])));
      return { columns, rows };
    } catch (error) {
      if (error instanceof QueryError) throw error;
      throw toQueryError(error, this.tables);
    }
  }

  /** Runs a statement without a result, such as one that creates a temporary table or writes files into the lake. */
  async run(sql: string): Promise<void> {
    await this.#views.createFor(sql);
    await this.#connection.run(sql);
  }

  /** Answers a query that failed because it computes the name of a view. @throws the error if there was another reason */
  async #answerWithAll(sql: string, error: unknown): Promise<DuckDBResultReader> {
    const isUnknownName = error instanceof Error && error.message.startsWith('Catalog Error');
    if (!isUnknownName || this.#views.isComplete) throw error;
    await this.#views.createAll();
    return this.#answer(sql);
  }

  /** Runs the statements one after the other. */
  async #answer(sql: string): Promise<DuckDBResultReader> {
    const statements = await this.#connection.extractStatements(sql);
    const last = statements.count - 1;
    for (let index = 0; index < last; index++) await readOnly(await statements.prepare(index)).run();
    return readOnly(await statements.prepare(last)).runAndReadAll();
  }

  /** Frees memory and temporary files. */
  async close(): Promise<void> {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

const ONLY_READS = 'a query can only read: write one SELECT statement';

/**
 * Passes a statement that only reads. `SHOW` and `DESCRIBE` are selects. `EXPLAIN ANALYZE` runs the statement that it explains.
 * @throws QueryError for any other statement, e.g. `COPY`, which would write files into the lake
 */
function readOnly(statement: DuckDBPreparedStatement): DuckDBPreparedStatement {
  if (statement.statementType === StatementType.SELECT) return statement;
  throw new QueryError(ONLY_READS);
}

function columnsOf(reader: DuckDBResultReader): ResultColumn[] {
  const types = reader.columnTypes();
  return reader.deduplicatedColumnNames().map((name, index) => ({ name, type: typeName(String(types[index])) }));
}

/** Names a type. DuckDB has several timestamp types by precision, which are one type to a reader. */
const typeName = (type: string): string => type.toLowerCase().replace(/^timestamp_(s|ms|ns)$/, 'timestamp');
