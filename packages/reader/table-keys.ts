interface Key {
  readonly partition: string;
  readonly sort?: string;
}

/** Keys and indexes of a DynamoDB table. Every key attribute is a string. */
export interface TableKeys extends Key {
  /**
   * Indexes hold only keys, so a new version of an item with the same keys costs no index write. A query of an index returns keys
   * of the table, and BatchGetItem reads 100 of them at once. A read costs a tenth of a write.
   */
  readonly indexes: Readonly<Record<string, Key>>;
}

/** The metrics table, with one item per call. The functions of endpoints with segment metrics write it. */
export const METRICS_TABLE_KEYS: TableKeys = {
  partition: 'call_key',
  indexes: {
    by_agent: { partition: 'agent_key', sort: 'created_at' },
    by_queue: { partition: 'queue_key', sort: 'created_at' },
    by_day: { partition: 'day_key', sort: 'created_at' },
  },
};

/** The table of the example function, with daily totals per queue and the contributions of each call. */
export const DAILY_QUEUE_TOTALS_KEYS: TableKeys = { partition: 'queue_key', sort: 'entry', indexes: {} };

/** The state table, with ledger, cursor, lease and rate budget. */
export const STATE_TABLE_KEYS: TableKeys = { partition: 'pk', sort: 'sk', indexes: {} };
