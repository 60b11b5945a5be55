import { ENDPOINTS } from '../../catalog/index.ts';

/** A partition of a raw table. Its type is always string. */
export type Partition = 'endpoint' | 'tenant' | 'dt';

/** A folder of the lake as a table with one string column `line`, which holds one JSON object as ingestion wrote it. */
export interface RawTable {
  readonly name: string;
  /** Folder in the lake, without a slash at the end. */
  readonly prefix: string;
  readonly partitions: readonly Partition[];
  /** Folder of one partition below the lake's root, with a place such as `${tenant}` for each partition's value. */
  readonly location: string;
  /**
   * Name of the catalog entry whose records the table holds.
   * @default - the records do not come from the API
   */
  readonly endpoint?: string;
}

const DAY: readonly Partition[] = ['tenant', 'dt'];
const ENDPOINT_DAY: readonly Partition[] = ['endpoint', ...DAY];
const DAY_FOLDER = `tenant=\${tenant}/dt=\${dt}`;

/** Name of the raw table of an endpoint. */
export const nameRawTable = (endpoint: string): string => `raw_${endpoint}`;

export const RAW_CALL_SEGMENTS = 'raw_call_segments';
export const RAW_CHAT_SEGMENTS = 'raw_chat_segments';
export const RAW_QUARANTINE = 'raw_quarantine';
export const RAW_DRIFT = 'raw_drift';
export const RAW_COVERAGE = 'raw_coverage';

/** Every raw table: one per endpoint, the computed segments, the quarantine, the drift journal and the results of audits. */
export function listRawTables(): RawTable[] {
  return [
    ...ENDPOINTS.map(({ name }) => ({
      name: nameRawTable(name),
      prefix: `raw/${name}`,
      partitions: DAY,
      location: `raw/${name}/${DAY_FOLDER}`,
      endpoint: name,
    })),
    {
      name: RAW_CALL_SEGMENTS,
      prefix: 'segments',
      partitions: DAY,
      location: `segments/${DAY_FOLDER}`,
    },
    {
      name: RAW_CHAT_SEGMENTS,
      prefix: 'segments/chat',
      partitions: DAY,
      location: `segments/chat/${DAY_FOLDER}`,
    },
    {
      name: RAW_QUARANTINE,
      prefix: 'quarantine',
      partitions: ENDPOINT_DAY,
      location: `quarantine/\${endpoint}/${DAY_FOLDER}`,
    },
    {
      name: RAW_DRIFT,
      prefix: 'drift',
      partitions: ENDPOINT_DAY,
      location: `drift/\${endpoint}/${DAY_FOLDER}`,
    },
    {
      name: RAW_COVERAGE,
      prefix: 'coverage',
      partitions: ENDPOINT_DAY,
      location: `coverage/\${endpoint}/${DAY_FOLDER}`,
    },
  ];
}
