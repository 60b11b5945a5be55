import type { Column, Columns, SqlType } from '../../catalog/index.ts';
import { BATCH, EXTRACTED_AT } from './expressions.ts';

/** A column of a view. */
export interface ViewColumn {
  readonly name: string;
  /** Type in the catalog's words. */
  readonly type: SqlType;
  /** Type in the Glue Data Catalog. */
  readonly hiveType: string;
  /** Type in Athena's engine, exactly that of the column in the view's query. */
  readonly engineType: string;
  /** Meaning of the value in one sentence, with its unit. */
  readonly doc: string;
  /** True if the value can identify a person. */
  readonly personal: boolean;
}

/** A named query on raw tables. */
export interface View {
  readonly name: string;
  /** Meaning of a row. */
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

/** A column of a view under construction. */
export interface SelectItem {
  readonly name: string;
  /** The expression. If it equals the name, it is a column of the inner query. */
  readonly expression: string;
  readonly column: Pick<Column, 'type' | 'doc' | 'personal'>;
}

/** Creates the items of the catalog's columns with the expressions that read them. */
export function selectItems(columns: Columns, expressionOf: (column: Column) => string): SelectItem[] {
  return Object.entries(columns).map(([name, column]) => ({ name, expression: expressionOf(column), column }));
}

/**
 * Builds a view.
 * @param from the text after `FROM`, in lines without indentation
 * @throws Error if two columns have one name (a defect of a catalog entry)
 */
export function defineView(name: string, description: string, items: readonly SelectItem[], from: string): View {
  const names = items.map((item) => item.name);
  const twice = names.find((other, index) => names.indexOf(other) !== index);
  if (twice !== undefined) throw new Error(`view ${name} has two columns "${twice}". Rename the one in the catalog`);
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

/** A column that the inner query names. */
export const plainItem = (name: string, type: SqlType, doc: string): SelectItem => ({
  name,
  expression: name,
  column: { type, doc, personal: false },
});

/** Partition column of a table with all endpoints. It is the first column of a view over such a table. */
export const describeEndpoint = (doc: string): SelectItem => plainItem('endpoint', 'varchar', doc);

/** Partition columns of every view. */
export const PARTITION_ITEMS: readonly SelectItem[] = [
  plainItem('tenant', 'varchar', 'The CCAI Platform instance. Ids are unique only within an instance.'),
  plainItem('dt', 'varchar', "UTC date of the record's event time, YYYY-MM-DD. A filter on it limits what is read."),
];

/** Origin of a row, the last columns of every view. */
export const ORIGIN_ITEMS: readonly SelectItem[] = [
  {
    ...plainItem('extracted_at', 'timestamp', 'When the record was read from the API (UTC).'),
    expression: EXTRACTED_AT,
  },
  { ...plainItem('batch', 'varchar', 'Number of the batch that committed it.'), expression: BATCH },
];

export const DELETED_AT: SelectItem = plainItem(
  'deleted_at',
  'timestamp',
  'Time of the first snapshot without the record (UTC); null while it exists.',
);

export const REPLACED_AT: SelectItem = plainItem(
  'replaced_at',
  'timestamp',
  'When another version, or no record, was first read in its place (UTC); null for the last version read. Not later than `extracted_at` if a newer version was read earlier.',
);

/** Describes the history view of an endpoint. */
export const describeHistory = (records: string): string =>
  `${records}. For the state at a time, select \`extracted_at\` up to that time and \`replaced_at\` after it or null.`;

export const PARENT_ITEMS: readonly SelectItem[] = [
  plainItem('parent_type', 'varchar', 'Endpoint of the parent record.'),
  plainItem('parent_id', 'bigint', 'That record.'),
  plainItem('parent_path', 'varchar', 'Place in the parent record, e.g. `participants[0]`.'),
  plainItem('parent_updated_at', 'timestamp', 'Last change of the parent record (UTC); null if it has no such time.'),
];
