import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';

export const LAKE_BUCKET = 'lake';
export const METRICS_TABLE = 'metrics';
export const STATE_TABLE = 'state';

/** Keys of the tables of a world. */
export const TABLES = { [METRICS_TABLE]: METRICS_TABLE_KEYS, [STATE_TABLE]: STATE_TABLE_KEYS };
