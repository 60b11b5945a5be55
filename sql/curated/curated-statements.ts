import { CURATED_PARTITIONS, type CuratedTable } from './curated-tables.ts';

/** Placeholders in {@link createMergeStatement} for a string constant and a list of string constants. */
export const TENANT_PLACE = '{{tenant}}';
export const DAYS_PLACE = '{{days}}';

const list = (items: readonly string[], indent = 2) => items.join(`,\n${' '.repeat(indent)}`);
const namesOf = ({ columns }: CuratedTable) => columns.map(({ name }) => name);

/**
 * Creates the MERGE that makes the rows of some days of a tenant equal to those of the view. It updates, inserts and deletes
 * rows. It is idempotent. The same text runs on Athena (Iceberg), Trino and DuckDB.
 */
export function createMergeStatement(table: CuratedTable): string {
  const { name, view, key } = table;
  const names = namesOf(table);
  const others = names.filter((column) => !key.includes(column));
  const days = `tenant = ${TENANT_PLACE} AND dt IN (${DAYS_PLACE})`;
  const same = (a: string, b: string) => key.map((column) => `${a}.${column} = ${b}.${column}`).join(' AND ');
  return `MERGE INTO ${name} AS target
USING (
  SELECT
    ${list(
      [
        ...key.map((column) => `coalesce(fresh.${column}, known.${column}) AS ${column}`),
        ...others.map((column) => `fresh.${column} AS ${column}`),
        'fresh.dt IS NULL AS is_gone',
      ],
      4,
    )}
  FROM (
    SELECT ${names.join(', ')} FROM ${view}
    WHERE ${days} AND ${key.map((column) => `${column} IS NOT NULL`).join(' AND ')}
  ) AS fresh
  FULL JOIN (
    SELECT ${key.join(', ')} FROM ${name}
    WHERE ${days}
  ) AS known ON ${same('fresh', 'known')}
) AS source
ON ${same('target', 'source')}
  AND target.tenant = ${TENANT_PLACE} AND target.dt IN (${DAYS_PLACE})
WHEN MATCHED AND source.is_gone THEN DELETE
WHEN MATCHED AND (
  ${others.map((column) => `target.${column} IS DISTINCT FROM source.${column}`).join('\n  OR ')}
) THEN UPDATE SET
  ${list(others.map((column) => `${column} = source.${column}`))}
WHEN NOT MATCHED THEN INSERT (
  ${list(names)}
) VALUES (
  ${list(names.map((column) => `source.${column}`))}
)`;
}

/** Further statements for a curated table, which only Athena accepts. */
export interface AthenaStatements {
  readonly create: string;
  readonly drop: string;
  /** Compacts small files and merges delete files. */
  readonly optimize: string;
  /** Removes data that no snapshot of the last week needs. */
  readonly vacuum: string;
}

/** Snapshots are kept for a week, for time travel and for running queries. */
const SNAPSHOT_SECONDS = 7 * 24 * 3_600;

/** @param location folder of the table, e.g. `s3://lake/curated/call/` */
export function createAthenaStatements({ name, columns }: CuratedTable, location: string): AthenaStatements {
  const properties = {
    table_type: 'ICEBERG',
    format: 'parquet',
    write_compression: 'zstd',
    vacuum_max_snapshot_age_seconds: String(SNAPSHOT_SECONDS),
  };
  const quoted = Object.entries(properties).map(([key, value]) => `'${key}' = '${value}'`);
  return {
    create: `CREATE TABLE IF NOT EXISTS ${name} (
  ${list(columns.map((column) => `${column.name} ${column.hiveType}`))}
)
PARTITIONED BY (${CURATED_PARTITIONS.join(', ')})
LOCATION '${location}'
TBLPROPERTIES (
  ${list(quoted)}
)`,
    drop: `DROP TABLE IF EXISTS ${name}`,
    optimize: `OPTIMIZE ${name} REWRITE DATA USING BIN_PACK`,
    vacuum: `VACUUM ${name}`,
  };
}
