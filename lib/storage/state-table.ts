import type { Construct } from 'constructs';
import { STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { KeyedTable, type KeyedTableProps } from './keyed-table.ts';

/** The state table, with ledger, cursor and lease of each tenant's endpoint and the rate budget of each tenant. */
export class StateTable extends KeyedTable {
  constructor(scope: Construct, id: string, props: Pick<KeyedTableProps, 'name' | 'removalPolicy' | 'encryptionKey'>) {
    super(scope, id, { ...props, keys: STATE_TABLE_KEYS });
  }
}
