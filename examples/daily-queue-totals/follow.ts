import type { DynamoDBRecord } from 'aws-lambda';
import pMap from 'p-map';
import { computeEntries, type Entry } from './contribution.ts';
import { parseChange } from './stream-record.ts';
import type { TotalsTable } from './totals-table.ts';

const CONCURRENCY = 16;

/**
 * Processes records of the metrics table's stream: stores every contribution, then updates the totals of their queues and days.
 * Records may arrive repeatedly, in any order, and again after a failure.
 */
export async function followChanges(records: readonly DynamoDBRecord[], table: TotalsTable): Promise<void> {
  const entries = records.flatMap((record) => {
    const change = parseChange(record);
    return change === undefined ? [] : computeEntries(change);
  });
  await pMap(newestOf(entries), (entry) => table.keep(entry), { concurrency: CONCURRENCY });
  const days = new Map(entries.map(({ to }) => [JSON.stringify(to), to]));
  await pMap(days.values(), (day) => table.refresh(day), { concurrency: CONCURRENCY });
}

/** Keeps the newest of several contributions of a call to a queue and day. */
function newestOf(entries: readonly Entry[]): Iterable<Entry> {
  const newest = new Map<string, Entry>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.to, entry.contribution.callId]);
    const known = newest.get(key);
    if (known === undefined || entry.contribution.version > known.contribution.version) newest.set(key, entry);
  }
  return newest.values();
}
