interface Key {
  readonly partition: string;
  readonly sort?: string;
}

/** Keys and indexes of a DynamoDB table; every key attribute is a string. */
export interface TableKeys extends Key {
  /**
   * Indexes hold keys and nothing else, so that a later version of an item whose keys stay costs no index write. Who queries
   * one gets keys of the table, 100 of which BatchGetItem then reads at once: a read costs a tenth of a write.
   */
  readonly indexes: Readonly<Record<string, Key>>;
}

/** One item per call, written by the functions of endpoints with segment metrics. */
export const METRICS_TABLE_KEYS: TableKeys = {
  partition: 'call_key',
  indexes: {
    by_agent: { partition: 'agent_key', sort: 'created_at' },
    by_queue: { partition: 'queue_key', sort: 'created_at' },
    by_day: { partition: 'day_key', sort: 'created_at' },
  },
};

/** Daily totals per queue and what each call contributed to them, kept by the example function. */
export const DAILY_QUEUE_TOTALS_KEYS: TableKeys = { partition: 'queue_key', sort: 'entry', indexes: {} };

/** Ledger, cursor, lease and rate budget. */
export const STATE_TABLE_KEYS: TableKeys = { partition: 'pk', sort: 'sk', indexes: {} };
