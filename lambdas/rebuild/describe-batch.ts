import type { Endpoint } from '../../catalog/index.ts';
import { isoTime, parseEventTime, parseTimestamp } from '../../catalog/timestamp.ts';
import { isObject } from '../common/json.ts';
import { ENTRY_FORMAT, type LedgerEntry } from '../ledger/ledger-entry.ts';
import type { BatchContent, LakeRecord } from './batch-content.ts';

/** Times of an entry. */
export type EntryTimes = Pick<LedgerEntry, 'extractedAt' | 'committedAt'>;

/** Name of the run in entries of batches whose run the lake does not name. */
export const UNKNOWN_RUN = 'unknown';

/**
 * Creates the ledger entry of a batch from what is in the lake of it. Times never go back from entry to entry, because readers look
 * for a time by bisection.
 * @param before the entry before. @default - it is the first
 */
export function describeBatch(endpoint: Endpoint, content: BatchContent, before?: EntryTimes): LedgerEntry {
  const { seq, objects, attempts, quarantine, writtenAt } = content;
  const records = attempts.flatMap((attempt) => attempt.records);
  const entries = quarantine.flatMap(parseEntryTime);
  const times = [...records.map((each) => each.extractedAt), ...entries.map(({ extractedAt }) => extractedAt)];
  const extractedAt = latest([before?.extractedAt, ...(times.length === 0 ? [isoTime(writtenAt)] : times)]);
  const committedAt = latest([before?.committedAt, extractedAt]);
  const run = attempts.findLast(({ isComplete }) => isComplete)?.run ?? UNKNOWN_RUN;
  const cursors = records.flatMap((record) => readCursor(endpoint, record));
  return {
    ...createEntry(seq, run, extractedAt, committedAt),
    from: cursors.length === 0 ? null : isoTime(cursors.reduce((a, b) => Math.min(a, b))),
    to: cursors.length === 0 ? null : isoTime(cursors.reduce((a, b) => Math.max(a, b))),
    records: records.filter(({ isMarker }) => !isMarker).length,
    quarantined: entries.filter(({ isRecord }) => isRecord).length,
    objects: [...objects],
  };
}

/** The entry of a batch of which nothing is left in the lake. Numbers have no gap. */
export function describeMissing(seq: number, before: EntryTimes | undefined, next: EntryTimes): LedgerEntry {
  const { extractedAt, committedAt } = before ?? next;
  return createEntry(seq, UNKNOWN_RUN, extractedAt, committedAt);
}

const createEntry = (seq: number, run: string, extractedAt: string, committedAt: string): LedgerEntry => ({
  formatVersion: ENTRY_FORMAT,
  seq,
  run,
  scheduledTime: committedAt,
  committedAt,
  extractedAt,
  from: null,
  to: null,
  records: 0,
  quarantined: 0,
  requests: 0,
  seconds: 0,
  objects: [],
});

/** ISO texts of one format sort like times. */
const latest = (times: readonly (string | undefined)[]): string =>
  times.reduce<string>((a, b) => (b !== undefined && b > a ? b : a), '');

function readCursor({ source }: Endpoint, { record, isMarker, extractedAt }: LakeRecord): number[] {
  if (isMarker && source.kind === 'tail') return [];
  const time =
    source.kind === 'tail'
      ? (parseEventTime(record[source.cursor]) ?? parseEventTime(record[source.eventTime]))
      : (parseTimestamp(record._parent_updated_at) ?? parseTimestamp(extractedAt));
  return time === null ? [] : [time];
}

function parseEntryTime(text: string): { readonly extractedAt: string; readonly isRecord: boolean }[] {
  const line: unknown = JSON.parse(text);
  return isObject(line) ? [{ extractedAt: String(line._extracted_at), isRecord: 'record' in line }] : [];
}
