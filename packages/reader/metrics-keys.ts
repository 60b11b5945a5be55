/** Partitions of a day in the index `by_day`, so that no partition has all calls of a day. */
export const DAY_SHARDS = 8;

/** Creates the key of a call's item in the metrics table. */
export const toCallKey = (tenant: string, callId: number | string | null): string => `${tenant}#${callId}`;

/** Creates the partition key of the index `by_agent`. */
export const toAgentKey = (tenant: string, agentId: number): string => `${tenant}#${agentId}`;

/** Creates the partition key of the index `by_queue`. */
export const toQueueKey = (tenant: string, queueId: number): string => `${tenant}#${queueId}`;

/**
 * Creates the partition key of the index `by_day`.
 * @param day UTC date of the call, `YYYY-MM-DD`
 * @param shard 0 to 7, see {@link chooseShard}
 */
export const toDayKey = (tenant: string, day: string, shard: number): string => `${tenant}#${day}#${shard}`;

/** Chooses the shard of a call in its day. */
export function chooseShard(callId: number | string | null): number {
  const id = Math.abs(Number(callId));
  return Number.isSafeInteger(id) ? id % DAY_SHARDS : 0;
}
