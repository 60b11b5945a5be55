import { findDroppedKeys } from '../common/repeated-keys.ts';
import type { Drift } from '../drift/inferred-schema.ts';
import type { LakeBatch } from './lake-records.ts';

/** Maximum number of paths that one batch journals. */
const MAX_PATHS = 100;

/** Lists the keys that records of a batch repeated, each path once. The records contain the texts that the API wrote. */
export function findRepeatedKeys({ taken }: Pick<LakeBatch, 'taken'>): Drift[] {
  const paths = new Set(taken.flatMap(({ json }) => findDroppedKeys(json)));
  return [...paths]
    .sort()
    .slice(0, MAX_PATHS)
    .map((path) => ({ path, what: 'repeated_key', example: 'object' }));
}
