import { isoTime, readTimestamp } from '../../../catalog/timestamp.ts';
import { isObject } from '../../../lambdas/common/json.ts';
import { readUnreadable, type UnreadableRecord } from '../../../lambdas/ledger/unreadable-records.ts';
import type { Item } from '../aws/document.ts';
import type { Collection, Row } from '../platform/chaos-collection.ts';
import { linesOf } from './lake-view.ts';
import type { Report } from './violation.ts';

interface Context {
  readonly collection: Collection;
  /** Whether a row of this cursor time is expected. */
  readonly expects: (order: number) => boolean;
  readonly journal: readonly UnreadableRecord[];
  /** Entries of the quarantine that were not taken since. */
  readonly entries: readonly Entry[];
  readonly report: Report;
}

/** An entry of the quarantine. */
interface Entry {
  readonly entry: string;
  readonly reason: string;
  /** Id of the record, if it could be read. */
  readonly id: number | undefined;
}

/** The records that are journalled as unreadable or in quarantine are those that the platform spoils, and no others. */
export function checkUnreadable({ collection, expects, journal, entries, report }: Context): void {
  const spoiled = collection.rows().filter(({ id }) => collection.isSpoiled(id));
  const isUndeliverable = ({ id }: Row) => collection.quirks.isUndeliverable(id, collection.first);
  const undeliverable = spoiled.filter(isUndeliverable);
  if (collection.cursor === null) checkPlaces(undeliverable, journal, report);
  else checkRanges(undeliverable, journal, expects, report);
  const unreadable = entries.filter(({ reason }) => reason.startsWith('unreadable: ')).map(({ entry }) => entry);
  const journalled = journal.map(({ entry }) => entry);
  for (const entry of unreadable.filter((each) => !journalled.includes(each)))
    report('unreadable', entry, 'is in the quarantine and not in the journal');
  for (const entry of journalled.filter((each) => !unreadable.includes(each)))
    report('unreadable', entry, 'is in the journal and not in the quarantine');
  const rejected = new Set(entries.filter(({ id }) => id !== undefined).map(({ id }) => id));
  for (const row of spoiled.filter((each) => !isUndeliverable(each) && expects(each.order)))
    if (!rejected.delete(row.id))
      report('unreadable', String(row.id), 'has no valid timestamp and is not in quarantine');
  const known = new Set(spoiled.map(({ id }) => id));
  for (const id of rejected)
    if (id !== undefined && !known.has(id)) report('unreadable', String(id), 'is in quarantine');
}

/** Each undeliverable row lies in a range of the journal, and in each of those there is one. */
function checkRanges(
  rows: readonly Row[],
  journal: readonly UnreadableRecord[],
  expects: Context['expects'],
  report: Report,
): void {
  const covers = ({ from, until }: UnreadableRecord, { order }: Row) =>
    readTimestamp(from) <= order && order <= readTimestamp(until);
  for (const row of rows)
    if (expects(row.order) && !journal.some((each) => covers(each, row)))
      report('unreadable', `${row.id} of ${isoTime(row.order)}`, 'cannot be delivered and is not in the journal');
  for (const each of journal)
    if (!rows.some((row) => covers(each, row)))
      report(
        'unreadable',
        `${each.from} to ${each.until}`,
        `is in the journal, and every record can be read: ${each.reason}`,
      );
}

/** A snapshot has no cursor times: the numbers must be equal. */
function checkPlaces(rows: readonly Row[], journal: readonly UnreadableRecord[], report: Report): void {
  if (rows.length !== journal.length)
    report('unreadable', '', `${rows.length} rows cannot be delivered, ${journal.length} are in the journal`);
}

/** The journal of unreadable records in a checkpoint. */
export function readJournal(checkpoint: Item | undefined): readonly UnreadableRecord[] {
  const position = checkpoint?.position;
  return typeof position === 'string' ? readUnreadable(JSON.parse(position)) : [];
}

/** What is in the quarantine of an endpoint and was not taken since, as far as it is committed. */
export function readQuarantine(
  objects: ReadonlyMap<string, Uint8Array>,
  committed: ReadonlySet<string>,
  tenant: string,
  endpoint: string,
): Entry[] {
  const entries = new Map<string, Entry>();
  const requeued = new Set<string>();
  for (const [key, body] of objects) {
    if (!key.startsWith(`quarantine/${endpoint}/tenant=${tenant}/`) || !committed.has(key)) continue;
    for (const line of linesOf(body)) {
      const parsed: unknown = JSON.parse(line);
      if (!isObject(parsed)) throw new Error(`${key} holds a line that is no object`);
      const { entry, reason, record } = parsed;
      if ('requeued_at' in parsed) requeued.add(String(entry));
      // a line about a retry says nothing new of its entry
      else if (!('tried_at' in parsed))
        entries.set(String(entry), {
          entry: String(entry),
          reason: String(reason),
          id: isObject(record) ? Number(record.id) : undefined,
        });
    }
  }
  return [...entries.values()].filter(({ entry }) => !requeued.has(entry));
}
