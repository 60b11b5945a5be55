import type { Ledger } from '../ledger/ledger.ts';
import type { ReplayOptions } from './replay-event.ts';

/** A raw object with the number of the batch that wrote it. */
export interface PlannedObject {
  readonly key: string;
  readonly seq: number;
  readonly records: number;
  /** Object with the segments of its calls, as ingestion wrote them. */
  readonly segmentsKey: string | undefined;
}

/** The raw objects to read, by UTC date in ascending order. */
export interface ReplayPlan {
  readonly days: ReadonlyMap<string, readonly PlannedObject[]>;
  /** Last batch that it includes. */
  readonly until: number;
}

/**
 * Finds the raw objects of a range of dates in the ledger, grouped by date. All versions of a record are in one partition, so
 * each call is replayed once, in its newest version.
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
      const segmentsKey = objects.find((object) => object.zone === 'segments' && object.dt === dt)?.key;
      const planned = { key, seq, records, segmentsKey };
      const day = days.get(dt);
      if (day) day.push(planned);
      else days.set(dt, [planned]);
    }
  }
  return { days: new Map([...days].sort(([a], [b]) => (a < b ? -1 : 1))), until };
}
