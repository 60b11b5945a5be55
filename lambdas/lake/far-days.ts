import type { Endpoint } from '../../catalog/index.ts';
import { isProjected } from '../../catalog/partition-days.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import type { Drift } from '../drift/inferred-schema.ts';
import type { LakeBatch } from './lake-records.ts';

/** Finds the days of records that are outside the partitions of Athena's tables, each once. They are journalled, so that missing rows can be explained. */
export function findFarDays({ source }: Endpoint, { taken, extractedAt }: LakeBatch): Drift[] {
  if (source.kind !== 'tail' || taken.length === 0) return [];
  const now = readTimestamp(extractedAt);
  const days = new Set(taken.map(({ dt }) => dt));
  return [...days]
    .filter((dt) => !isProjected(dt, now))
    .sort()
    .map((dt) => ({ path: source.eventTime, what: 'far_day', example: dt }));
}
