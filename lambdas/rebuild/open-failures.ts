import { parseTimestamp, readTimestamp } from '../../catalog/timestamp.ts';
import { isObject } from '../common/json.ts';
import type { UnreadableRecord } from '../ledger/unreadable-records.ts';

/** Start of the reason of a record that the platform could not deliver. */
const UNREADABLE = 'unreadable: ';

/** Place of an unreadable record in a snapshot, which has no cursor time. */
const POSITION = / record (\d+)$/;

/**
 * Updates the records that the platform could not deliver with the lines of a quarantine object.
 * @param known the open ones by entry; it is changed
 */
export function noteUnreadable(known: Map<string, UnreadableRecord>, lines: readonly string[]): void {
  for (const text of lines) {
    const line: unknown = JSON.parse(text);
    if (!isObject(line) || typeof line.entry !== 'string') continue;
    const { entry } = line;
    if (line.requeued_at !== undefined) known.delete(entry);
    else if (line.tried_at !== undefined) noteTry(known, entry, line);
    else if (typeof line.reason === 'string' && line.reason.startsWith(UNREADABLE)) noteEntry(known, entry, line);
  }
}

function noteEntry(known: Map<string, UnreadableRecord>, entry: string, line: Readonly<Record<string, unknown>>): void {
  const firstSeen = String(line._extracted_at);
  const place = String(line.place);
  const range = readRange(line.range) ?? readPosition(place);
  if (range === undefined || known.has(entry)) return;
  const reason = String(line.reason).slice(UNREADABLE.length);
  // the next run tries it at once
  const retryAt = firstSeen;
  known.set(entry, {
    ...range,
    place,
    reason,
    firstSeen,
    lastSeen: firstSeen,
    tries: 1,
    retryAt,
    entry,
    dt: firstSeen.slice(0, 10),
  });
}

function noteTry(known: Map<string, UnreadableRecord>, entry: string, line: Readonly<Record<string, unknown>>): void {
  const open = known.get(entry);
  if (open === undefined) return;
  const lastSeen = String(line.tried_at);
  known.set(entry, {
    ...open,
    ...readRange(line.range),
    lastSeen,
    journalledAt: lastSeen,
    tries: Math.max(open.tries, Number(line.tries)),
  });
}

function readRange(value: unknown): Pick<UnreadableRecord, 'from' | 'until'> | undefined {
  if (!isObject(value) || typeof value.from !== 'string' || typeof value.until !== 'string') return undefined;
  const { from, until } = value;
  return parseTimestamp(from) === null || parseTimestamp(until) === null ? undefined : { from, until };
}

function readPosition(place: string): Pick<UnreadableRecord, 'from' | 'until'> | undefined {
  const [, position] = POSITION.exec(place) ?? [];
  if (position === undefined) return undefined;
  const at = new Date(Number(position)).toISOString();
  return readTimestamp(at) >= 0 ? { from: at, until: at } : undefined;
}
