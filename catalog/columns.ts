/** SQL type of a column as named by Athena (Trino). `json` is a varchar with JSON text. */
export type SqlType = 'bigint' | 'double' | 'boolean' | 'varchar' | 'timestamp' | 'json';

/** One typed column of an endpoint's view. */
export interface Column {
  readonly type: SqlType;
  /** JSON paths in the raw record. The first value that is not null counts. */
  readonly paths: readonly string[];
  /** Meaning of the value in one sentence, with its unit. */
  readonly doc: string;
  /** True if the value can identify a person. */
  readonly personal: boolean;
}

/** Columns by name. A column without an explicit path reads the key with its name. */
export type Columns = Readonly<Record<string, Column>>;

interface ColumnOptions {
  /** @default - the key with the column's name */
  readonly at?: string | readonly string[];
  /** @default false */
  readonly personal?: boolean;
}

const of =
  (type: SqlType) =>
  (doc: string, options: ColumnOptions = {}): Column => ({
    type,
    doc,
    paths: options.at === undefined ? [] : [options.at].flat(),
    personal: options.personal ?? false,
  });

export const bigint = of('bigint');
export const double = of('double');
export const boolean = of('boolean');
export const varchar = of('varchar');
export const timestamp = of('timestamp');
export const json = of('json');

/** Gives every column without a path the path of the key with its name. */
export function withPaths(columns: Columns): Columns {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      column.paths.length > 0 ? column : { ...column, paths: [`$.${name}`] },
    ]),
  );
}
