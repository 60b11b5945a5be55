import { StreamViewType } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { METRICS_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { KeyedTable, type KeyedTableProps } from './keyed-table.ts';

/** The metrics table, with one item per call and a stream for downstream functions. */
export class MetricsTable extends KeyedTable {
  constructor(scope: Construct, id: string, props: Pick<KeyedTableProps, 'name' | 'removalPolicy' | 'encryptionKey'>) {
    super(scope, id, {
      ...props,
      keys: METRICS_TABLE_KEYS,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expires_at',
    });
  }
}
