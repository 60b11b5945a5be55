import type { Zone } from '../lake/stored-object.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { CurationPosition } from './curation-event.ts';

/** Athena writes at most 100 partitions in one statement. */
const MAX_DAYS = 60;

/** Days whose rows may have changed, and the position when they are in the table. */
export interface NextDays {
  readonly days: readonly string[];
  readonly to: CurationPosition;
}

/**
 * Selects the days of the next batches of a ledger, as many as one statement can write. A batch with more days is merged in
 * parts.
 *
 *     batches  1 2 3 | 4 5 6 7 8 ...
 *     position ------^ --------^ as far as their days fit
 *
 * @param batches the batches after the position, in order
 */
export async function planNextDays(
  batches: AsyncIterable<LedgerEntry>,
  zone: Zone,
  position: CurationPosition,
): Promise<NextDays> {
  const days = new Set<string>();
  let to = position;
  for await (const batch of batches) {
    const after = batch.seq === position.seq + 1 ? position.day : '';
    const own = [...new Set(batch.objects.filter((object) => object.zone === zone).map(({ dt }) => dt))]
      .filter((day) => day > after)
      .sort();
    if (days.size === 0 && own.length > MAX_DAYS) {
      const part = own.slice(0, MAX_DAYS);
      return { days: part, to: { seq: batch.seq - 1, day: part.at(-1) ?? '' } };
    }
    if (new Set([...days, ...own]).size > MAX_DAYS) break;
    for (const day of own) days.add(day);
    to = { seq: batch.seq, day: '' };
  }
  return { days: [...days].sort(), to };
}
