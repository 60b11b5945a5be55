import type { Endpoint } from '../../catalog/index.ts';
import { isProjected } from '../../catalog/partition-days.ts';
import { readTimestamp } from '../../catalog/timestamp.ts';
import type { Drift } from '../drift/inferred-schema.ts';
import type { LakeBatch } from './lake-records.ts';

/** The days of records that Athena's tables do not reach, each once: journalled, so that it can be seen that something is not. */
export function findFarDays({ source }: Endpoint, { taken, extractedAt }: LakeBatch): Drift[] {
  if (source.kind !== 'tail' || taken.length === 0) return [];
  const now = readTimestamp(extractedAt);
  const days = new Set(taken.map(({ dt }) => dt));
  return [...days]
    .filter((dt) => !isProjected(dt, now))
    .sort()
    .map((dt) => ({ path: source.eventTime, what: 'far_day', example: dt }));
}
