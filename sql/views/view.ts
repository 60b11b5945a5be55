import type { Column, Columns, SqlType } from '../../catalog/index.ts';
import { BATCH, EXTRACTED_AT } from './expressions.ts';

/** A column of a view. */
export interface ViewColumn {
  readonly name: string;
  /** Type in the catalog's words. */
  readonly type: SqlType;
  /** The same as the Glue Data Catalog writes it. */
  readonly hiveType: string;
  /** The same as Athena's engine writes it: exactly the type of the column in the view's query. */
  readonly engineType: string;
  /** What the value means, in a sentence, with its unit. */
  readonly doc: string;
  /** True if the value can identify a person. */
  readonly personal: boolean;
}

/** A query on raw tables that users know by its name. */
export interface View {
  readonly name: string;
  /** What a row is. */
  readonly description: string;
  /** A SELECT in Athena's dialect over `raw_*`, without the name of a database. */
  readonly sql: string;
  /** The columns of the query, in its order. */
  readonly columns: readonly ViewColumn[];
}

const HIVE_TYPES: Readonly<Record<SqlType, string>> = {
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  varchar: 'string',
  timestamp: 'timestamp',
  json: 'string',
};

const ENGINE_TYPES: Readonly<Record<SqlType, string>> = {
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  varchar: 'varchar',
  timestamp: 'timestamp(3)',
  json: 'varchar',
};

/** One column of a view while its text is put together. */
export interface SelectItem {
  readonly name: string;
  /** The expression; a column of that name if it is equal to the name. */
  readonly expression: string;
  readonly column: Pick<Column, 'type' | 'doc' | 'personal'>;
}

/** The items of the catalog's columns, each with the expression that reads it. */
export function selectItems(columns: Columns, expressionOf: (column: Column) => string): SelectItem[] {
  return Object.entries(columns).map(([name, column]) => ({ name, expression: expressionOf(column), column }));
}

/**
 * Puts a view together.
 * @param from what stands behind `FROM`, in lines that begin at the left margin
 * @throws Error if two columns have one name (a defect of a catalog entry)
 */
export function defineView(name: string, description: string, items: readonly SelectItem[], from: string): View {
  const names = items.map((item) => item.name);
  const twice = names.find((other, index) => names.indexOf(other) !== index);
  if (twice !== undefined) throw new Error(`view ${name} has two columns "${twice}": rename the one in the catalog`);
  const list = items.map((item) => (item.expression === item.name ? item.name : `${item.expression} AS ${item.name}`));
  return {
    name,
    description,
    sql: `SELECT\n  ${list.join(',\n  ')}\nFROM ${from}`,
    columns: items.map(({ name: columnName, column: { type, doc, personal } }) => ({
      name: columnName,
      type,
      hiveType: HIVE_TYPES[type],
      engineType: ENGINE_TYPES[type],
      doc,
      personal,
    })),
  };
}

const plain = (name: string, type: SqlType, doc: string): SelectItem => ({
  name,
  expression: name,
  column: { type, doc, personal: false },
});

/** Partition column of a table that holds all endpoints; a view over it begins with it. */
export const describeEndpoint = (doc: string): SelectItem => plain('endpoint', 'varchar', doc);

/** Partition columns; every view has them. */
export const PARTITION_ITEMS: readonly SelectItem[] = [
  plain('tenant', 'varchar', 'The CCAI Platform instance; ids are unique within it only.'),
  plain('dt', 'varchar', "UTC date of the record's own event time, YYYY-MM-DD; a filter on it limits what is read."),
];

/** Where the row comes from; every view ends with them. */
export const ORIGIN_ITEMS: readonly SelectItem[] = [
  { ...plain('extracted_at', 'timestamp', 'When the record was read from the API (UTC).'), expression: EXTRACTED_AT },
  { ...plain('batch', 'varchar', 'Number of the batch that brought it.'), expression: BATCH },
];

export const DELETED_AT: SelectItem = plain(
  'deleted_at',
  'timestamp',
  'Time of the first snapshot in which the record was gone (UTC); null while it exists.',
);

export const REPLACED_AT: SelectItem = plain(
  'replaced_at',
  'timestamp',
  'When something else was first read in its place, or nothing (UTC); null for what was read last. Not after `extracted_at` if a newer version had been read before.',
);

/** Describes the history of an endpoint. */
export const describeHistory = (records: string): string =>
  `${records}. What was known at a time has \`extracted_at\` up to it, and \`replaced_at\` after it or null.`;

export const PARENT_ITEMS: readonly SelectItem[] = [
  plain('parent_type', 'varchar', 'Endpoint of the record that this one lives in.'),
  plain('parent_id', 'bigint', 'That record.'),
  plain('parent_path', 'varchar', 'Place in that record, e.g. `participants[0]`.'),
  plain('parent_updated_at', 'timestamp', 'Last change of that record (UTC); null where it has no such time.'),
];
