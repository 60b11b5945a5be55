import type { DayIndex } from '../days/day-index.ts';
import type { LakeBatch, Taken } from '../lake/lake-records.ts';

/**
 * Maximum number of days of a batch, including those of earlier versions of its records. A day has up to six objects, and the ledger
 * entry of a batch names all of them: entry and position are in one item of 400 kB.
 */
export const MAX_DAYS_OF_BATCH = 50;

/** A batch, or the part of one that is committed at once. */
export interface BatchPart<Batch extends LakeBatch> {
  readonly batch: Batch;
  /** False if further parts follow: then the source does not move. */
  readonly isLast: boolean;
}

/**
 * Splits a batch with records of too many days, in the order of its records. If a run dies between two parts, the next run reads
 * the batch again.
 * @param index knows the days of earlier versions. @default - the records are not those of a tail
 */
export async function splitBatch<Batch extends LakeBatch>(
  batch: Batch,
  index?: Pick<DayIndex, 'load' | 'listDays'>,
): Promise<BatchPart<Batch>[]> {
  await index?.load(batch.taken);
  const parts: Taken[][] = [[]];
  let days = new Set<string>();
  for (const taken of batch.taken) {
    const own = index?.listDays(taken) ?? [taken.dt];
    if (days.size > 0 && days.size + own.filter((dt) => !days.has(dt)).length > MAX_DAYS_OF_BATCH) {
      parts.push([]);
      days = new Set();
    }
    for (const dt of own) days.add(dt);
    parts.at(-1)?.push(taken);
  }
  // what was rejected and requeued counts once, when the source moves
  return parts.map((taken, number) => {
    const isLast = number === parts.length - 1;
    return { batch: isLast ? { ...batch, taken } : { ...batch, taken, rejected: [], requeued: [], tried: [] }, isLast };
  });
}
