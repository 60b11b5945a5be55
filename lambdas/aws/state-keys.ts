/** Keys of the state table. One partition per tenant and endpoint, and one per tenant for the rate budget. */
export const CHECKPOINT = 'checkpoint';
export const BUDGET = 'budget';
export const INFERRED_SCHEMA = 'inferred-schema';
const ENTRY_PREFIX = 'batch#';
const DAYS_PREFIX = 'days#';

/** Partition of a tenant's endpoint. */
export const toStatePartition = (tenant: string, endpoint: string): string => `${tenant}#${endpoint}`;

/** The name under which the replays of an endpoint keep their checkpoint and ledger. */
export const replayName = (endpoint: string): string => `replay-${endpoint}`;

/** The name under which the rebuild of an endpoint keeps its checkpoint and ledger. */
export const rebuildName = (endpoint: string): string => `rebuild-${endpoint}`;

/** Formats sequence numbers as text that sorts like the numbers. */
export const formatSequence = (seq: number): string => String(seq).padStart(10, '0');

/** Sort key of a ledger entry. */
export const toEntryKey = (seq: number): string => `${ENTRY_PREFIX}${formatSequence(seq)}`;

/** Sorts after every ledger entry. */
export const LAST_ENTRY = `${ENTRY_PREFIX}~`;

/** Keys of the last audit of a tenant. No endpoint has that name, because names of endpoints have no hyphen. */
export const AUDIT = 'last-audit';
export const LAST_AUDIT = 'summary';
/** How far the newest audit of a deployment is, and the windows in which records are missing. */
export const AUDIT_RUN = 'run';
export const OPEN_WINDOWS = 'open-windows';

/** Partition of the state of curated tables. It cannot collide, because tenant names contain no `#`. */
export const CURATION = '#curation';

/** Partition of the watch, for the same reason. */
export const WATCH = '#watch';

/** How far one generation of a curated table has read a ledger. */
export const toCuratedKey = (table: string, generation: string): string => `curated#${table}#${generation}`;

/** Sort key of a bucket of the day index. */
export const toDaysKey = (bucket: string): string => `${DAYS_PREFIX}${bucket}`;

/** The bucket of a sort key that {@link toDaysKey} created. */
export const parseDaysKey = (key: string): string => key.slice(DAYS_PREFIX.length);
