import type { Ledger } from '../ledger/ledger.ts';
import type { ReplayOptions } from './replay-event.ts';

/** A raw object with the number of the batch that wrote it. */
export interface PlannedObject {
  readonly key: string;
  readonly seq: number;
  readonly records: number;
  /** Objects with segments of its day that ingestion wrote in its batch. */
  readonly segmentKeys: readonly string[];
}

/** The raw objects to read, by UTC date in ascending order. */
export interface ReplayPlan {
  readonly days: ReadonlyMap<string, readonly PlannedObject[]>;
  /** Last batch that it includes. */
  readonly until: number;
}

/**
 * Finds the raw objects of a range of dates in the ledger, grouped by date. All versions of a record are in one partition, unless
 * a correction has moved it, so that a call is replayed in its newest version only.
 * @param after batches up to this one are left out
 * @param last batches after this one are left out. @default - none
 */
export async function planReplay(
  ledger: Ledger,
  endpoint: string,
  { from = '', to = '~' }: Pick<ReplayOptions, 'from' | 'to'>,
  after: number,
  last = Number.POSITIVE_INFINITY,
): Promise<ReplayPlan> {
  const days = new Map<string, PlannedObject[]>();
  let until = after;
  for await (const { seq, objects } of ledger.entriesAfter(endpoint, after)) {
    if (seq > last) break;
    until = seq;
    for (const { zone, dt, key, records } of objects) {
      if (zone !== 'raw' || dt < from || dt > to) continue;
      const segments = objects.filter((object) => object.zone === 'segments' && object.dt === dt);
      const planned = { key, seq, records, segmentKeys: segments.map((object) => object.key) };
      const day = days.get(dt);
      if (day) day.push(planned);
      else days.set(dt, [planned]);
    }
  }
  return { days: new Map([...days].sort(([a], [b]) => (a < b ? -1 : 1))), until };
}
