interface Key {
  readonly partition: string;
  readonly sort?: string;
}

/** Keys and indexes of a DynamoDB table; every key attribute is a string. */
export interface TableKeys extends Key {
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

/** Ledger, cursor, lease and rate budget. */
export const STATE_TABLE_KEYS: TableKeys = { partition: 'pk', sort: 'sk', indexes: {} };
