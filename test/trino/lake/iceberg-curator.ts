import type { Curator } from '../../../local/curation/curate-tables.ts';
import type { Trino } from '../engine/trino-client.ts';

/**
 * What the state machine lets Athena do, in Trino's words for making tables.
 * @param database in which the tables are; their files are below its folder
 */
export const icebergCurator = (trino: Trino, database: string): Curator => ({
  create: async ({ name, columns, prefix }) => {
    await trino.query(`DROP TABLE IF EXISTS ${name}`);
    const types = columns.map(
      (column) => `${column.name} ${column.engineType.replace('timestamp(3)', 'timestamp(6)')}`,
    );
    await trino.query(`CREATE TABLE iceberg.${database}.${name} (${types.join(', ')})
WITH (partitioning = ARRAY['tenant', 'dt'], format = 'PARQUET', location = 'local:///${database}/${prefix}')`);
  },
  merge: async (_, { statement }) => void (await trino.query(statement)),
});
