/** Keys of the state table. One partition per tenant and endpoint, and one per tenant for the rate budget. */
export const HEAD = 'head';
export const BUDGET = 'budget';
export const SHAPE = 'shape';
const BATCH_PREFIX = 'batch#';

export const partitionOf = (tenant: string, endpoint: string): string => `${tenant}#${endpoint}`;

/** The name under which the replays of an endpoint keep their lease, position and ledger. */
export const replayName = (endpoint: string): string => `replay-${endpoint}`;

/** Sequence numbers as text that sorts like the numbers do. */
export const sequenceText = (seq: number): string => String(seq).padStart(10, '0');

export const batchKey = (seq: number): string => `${BATCH_PREFIX}${sequenceText(seq)}`;

/** Sorts behind every batch. */
export const LAST_BATCH = `${BATCH_PREFIX}~`;

/** Partition of what is known of the curated tables themselves; no tenant's name has a `#` in it. */
export const CURATION = '#curation';

/** How far a making of a curated table has taken in a ledger. */
export const curatedKey = (table: string, generation: string): string => `curated#${table}#${generation}`;
