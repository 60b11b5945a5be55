import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** Length of the windows that are compared, milliseconds. */
export const SILENT_WINDOW = 6 * HOUR;

/** Number of live batches a week earlier that make an empty window remarkable. */
const MIN_BATCHES_BEFORE = 3;

/** Records of a live run are not older than this. A catch-up through history is no measure of a usual week. */
const MAX_RECORD_AGE_DAYS = 2;

/**
 * Tells whether a tail has had no new record for six hours, although it had some in the same hours of the same weekday a week
 * earlier. A platform that answers every request with an empty page looks like an idle contact centre to everything else.
 *
 *     a week ago   |─ batch ─ batch ─ batch ─|          now - 6 h |─── nothing ───| now
 *
 * @param newest sequence number of the newest batch
 * @param now milliseconds since the epoch
 */
export async function isSilent(ledger: Ledger, endpoint: string, newest: number, now: number): Promise<boolean> {
  if (newest === 0) return false;
  for await (const entry of ledger.entriesBackwards(endpoint)) {
    const committed = Date.parse(entry.committedAt);
    if (committed <= now - SILENT_WINDOW) break;
    if (committed <= now && isLive(entry)) return false;
  }
  const start = now - WEEK - SILENT_WINDOW;
  const before = await findLastBefore(ledger, endpoint, newest, start);
  let batches = 0;
  for await (const entry of ledger.entriesAfter(endpoint, before)) {
    if (Date.parse(entry.committedAt) > now - WEEK) break;
    if (isLive(entry)) batches += 1;
    if (batches >= MIN_BATCHES_BEFORE) return true;
  }
  return false;
}

/** Whether a batch has records that were new when it was committed. */
function isLive({ range, records, objects, committedAt }: LedgerEntry): boolean {
  if (range !== undefined || records === 0) return false;
  const oldest = new Date(Date.parse(committedAt) - MAX_RECORD_AGE_DAYS * DAY).toISOString().slice(0, 10);
  return objects.some(({ dt }) => dt >= oldest);
}

/** Finds the last batch that was committed before a time by bisection. @returns 0 if there is none */
async function findLastBefore(ledger: Ledger, endpoint: string, newest: number, time: number): Promise<number> {
  let [low, high] = [0, newest];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const entry = await ledger.entry(endpoint, middle);
    // an entry that is not written yet is among the newest
    if (entry !== undefined && Date.parse(entry.committedAt) < time) low = middle;
    else high = middle - 1;
  }
  return low;
}
