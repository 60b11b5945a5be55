import { Aws } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-glue';
import { Construct } from 'constructs';
import { ENDPOINTS, findEndpoint } from '../../catalog/index.ts';
import { DAYS_AHEAD, FIRST_EVENT_DAY } from '../../catalog/partition-days.ts';
import { type Partition, RAW_CALL_SEGMENTS, type RawTable } from '../../sql/views/raw-tables.ts';
import type { AnyBucket } from '../storage/store-types.ts';

/** ASCII unit separator. JSON text has it only as an escape, so no line is split and none is read as null. */
const NEVER_IN_A_LINE = '\u001F';

const PARTITION_COMMENTS: Readonly<Record<Partition, string>> = {
  endpoint: 'The endpoint of the catalog.',
  tenant: 'The tenant.',
  dt: "UTC date of the record's own event time.",
};

export interface AthenaTableProps {
  /** Name of the Glue database. */
  readonly database: string;
  readonly table: RawTable;
  readonly lake: AnyBucket;
  /** Names of the tenants. */
  readonly tenants: readonly string[];
  /** First day (UTC) of the partitions, unless records are older. */
  readonly firstDay: string;
}

/**
 * A table of the lines of a lake folder with one string column, so that no new, missing or changed key can break a query.
 * Partitions are projected, not crawled.
 */
export class AthenaTable extends Construct {
  constructor(scope: Construct, id: string, { database, table, lake, tenants, firstDay }: AthenaTableProps) {
    super(scope, id);
    const { name, prefix, partitions, location } = table;
    const ranges: Record<Partition, Record<string, string>> = {
      endpoint: { type: 'enum', values: ENDPOINTS.map((endpoint) => endpoint.name).join(',') },
      tenant: { type: 'enum', values: tenants.join(',') },
      dt: {
        type: 'date',
        format: 'yyyy-MM-dd',
        range: rangeDays(table, firstDay),
        interval: '1',
        'interval.unit': 'DAYS',
      },
    };
    const projection = partitions.flatMap((partition) =>
      Object.entries(ranges[partition]).map(([key, value]) => [`projection.${partition}.${key}`, value]),
    );
    new CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: database,
      tableInput: {
        name,
        description: `Lines of ${prefix}/, one JSON object each`,
        tableType: 'EXTERNAL_TABLE',
        parameters: {
          EXTERNAL: 'TRUE',
          'projection.enabled': 'true',
          ...Object.fromEntries(projection),
          'storage.location.template': `s3://${lake.bucketName}/${location}/`,
        },
        partitionKeys: partitions.map((partition) => ({
          name: partition,
          type: 'string',
          comment: PARTITION_COMMENTS[partition],
        })),
        storageDescriptor: {
          location: `s3://${lake.bucketName}/${prefix}/`,
          columns: [{ name: 'line', type: 'string', comment: 'A JSON object.' }],
          inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
          outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          serdeInfo: {
            serializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
            parameters: { 'field.delim': NEVER_IN_A_LINE, 'serialization.null.format': NEVER_IN_A_LINE },
          },
        },
      },
    });
  }
}

/** Days after today up to which a platform's clock is followed. */
const CLOCK_DAYS = 7;

/**
 * Range of `dt` in Athena's notation. If `dt` is the day of an event, the range holds every possible record. If it is the day of a
 * reading, as in snapshots, the range holds only days with possible readings: queries read all days, and Athena opens each one.
 */
function rangeDays({ name, endpoint }: RawTable, firstDay: string): string {
  const isReading =
    endpoint === undefined ? name !== RAW_CALL_SEGMENTS : findEndpoint(endpoint)?.source.kind === 'snapshot';
  if (isReading) return `${firstDay},NOW+${CLOCK_DAYS}DAYS`;
  return `${firstDay < FIRST_EVENT_DAY ? firstDay : FIRST_EVENT_DAY},NOW+${DAYS_AHEAD}DAYS`;
}
