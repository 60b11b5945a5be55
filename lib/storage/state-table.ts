import type { Construct } from 'constructs';
import { STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { KeyedTable, type KeyedTableProps } from './keyed-table.ts';

/** Ledger, cursor and lease of every tenant's endpoint, and every tenant's rate budget. */
export class StateTable extends KeyedTable {
  constructor(scope: Construct, id: string, props: Pick<KeyedTableProps, 'name' | 'removalPolicy' | 'encryptionKey'>) {
    super(scope, id, { ...props, keys: STATE_TABLE_KEYS });
  }
}
