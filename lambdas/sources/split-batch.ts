import type { Taken } from '../lake/lake-records.ts';
import type { SourceBatch } from './source.ts';

/**
 * Maximum number of days of a batch. A day has up to four objects, and the ledger entry of a batch names all of them: entry and
 * position are in one item of 400 kB.
 */
export const MAX_DAYS_OF_BATCH = 50;

/** A batch, or the part of one that is committed at once. */
export interface BatchPart {
  readonly batch: SourceBatch;
  /** False if further parts follow: then the source does not move. */
  readonly isLast: boolean;
}

/**
 * Splits a batch with records of too many days, in the order of its records. If a run dies between two parts, the next run reads
 * the batch again.
 */
export function splitBatch(batch: SourceBatch): BatchPart[] {
  const parts: Taken[][] = [[]];
  let days = new Set<string>();
  for (const taken of batch.taken) {
    if (days.size === MAX_DAYS_OF_BATCH && !days.has(taken.dt)) {
      parts.push([]);
      days = new Set();
    }
    days.add(taken.dt);
    parts.at(-1)?.push(taken);
  }
  // what was rejected and requeued counts once, when the source moves
  return parts.map((taken, index) => {
    const isLast = index === parts.length - 1;
    return { batch: isLast ? { ...batch, taken } : { ...batch, taken, rejected: [], requeued: [], tried: [] }, isLast };
  });
}
