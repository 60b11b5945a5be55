import { parseTimestamp, readTimestamp } from '../../catalog/timestamp.ts';
import type { Zone } from '../lake/stored-object.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { type AuditWindow, listDates } from './audit-window.ts';
import type { AuditedLake } from './audited-lake.ts';

/** Entries are in order of their reading up to this difference, milliseconds: backfills commit between live runs. */
const DISORDER = 3_600_000;

/** What the ledger of an endpoint says about a time. */
export interface AuditedLedger {
  /** The committed batches that can have records with a cursor time in the range. */
  readonly entries: readonly LedgerEntry[];
  /** Batches that the checkpoint counts and the ledger lacks. */
  readonly lost: ReadonlySet<number>;
}

/**
 * Reads the ledger backwards, as far as a batch can have records of a range.
 * @param from start of the range, milliseconds
 * @param last last batch to look at. @default - that of the checkpoint
 */
export async function readAuditedLedger(
  ledger: Pick<Ledger, 'entriesBackwards'>,
  endpoint: string,
  checkpoint: Pick<Checkpoint, 'seq' | 'lastEntry'> | undefined,
  from: number,
  last = checkpoint?.seq ?? 0,
): Promise<AuditedLedger> {
  const entries = new Map<number, LedgerEntry>();
  let lowest = 1;
  for await (const entry of ledger.entriesBackwards(endpoint)) {
    if (readTimestamp(entry.extractedAt) < from - DISORDER) {
      lowest = entry.seq + 1;
      break;
    }
    entries.set(entry.seq, entry);
  }
  const newest = checkpoint?.lastEntry;
  // the entry of the last batch may not be appended yet
  if (newest !== undefined) entries.set(newest.seq, newest);
  const lost = new Set<number>();
  for (let seq = lowest; seq <= last; seq++) if (!entries.has(seq)) lost.add(seq);
  return { entries: [...entries.values()].filter(({ seq }) => seq <= last), lost };
}

/** The partitions that batches wrote to. */
export function listDays(entries: readonly LedgerEntry[], zone: Zone = 'raw'): string[] {
  const written = entries.flatMap(({ objects }) => objects.filter((object) => object.zone === zone));
  return [...new Set(written.map(({ dt }) => dt))].sort();
}

/** The partitions with records of a range of cursor time and of later times. A backfill can have written to many others. */
export function listTailDays(range: AuditWindow, entries: readonly LedgerEntry[]): string[] {
  const inRange = entries.filter((entry) => {
    const window = readWindow(entry);
    return window === undefined || window.until >= range.from;
  });
  return [...new Set([...listDates(range), ...listDays(inRange)])].sort();
}

/** Objects of batches in which records or what is computed from them are. */
const KEPT: ReadonlySet<Zone> = new Set(['raw', 'segments']);

/** Finds the days with an object that is gone or was changed. */
export async function findDamagedDays(
  lake: Pick<AuditedLake, 'sizes'>,
  entries: readonly LedgerEntry[],
): Promise<string[]> {
  const kept = entries.flatMap(({ objects }) => objects.filter(({ zone }) => KEPT.has(zone)));
  const sizes = await lake.sizes(kept.map(({ key }) => key));
  return [...new Set(kept.filter(({ key, bytes }) => sizes.get(key) !== bytes).map(({ dt }) => dt))];
}

/** Finds the batches with an object that is gone or was changed: it has another size than the ledger says. */
export async function findDamaged(
  lake: Pick<AuditedLake, 'sizes'>,
  entries: readonly LedgerEntry[],
): Promise<readonly LedgerEntry[]> {
  const raw = ({ objects }: LedgerEntry) => objects.filter(({ zone }) => zone === 'raw');
  const sizes = await lake.sizes(entries.flatMap(raw).map(({ key }) => key));
  return entries.filter((entry) => raw(entry).some(({ key, bytes }) => sizes.get(key) !== bytes));
}

/**
 * The cursor times that lost batches can have had: between those of the live batches around them.
 * @param whole where nothing limits them
 */
export function boundLost({ entries, lost }: AuditedLedger, whole: AuditWindow): AuditWindow[] {
  const live = entries
    .filter(({ range }) => range === undefined)
    .flatMap((entry) => {
      const window = readWindow(entry);
      return window === undefined ? [] : [{ seq: entry.seq, ...window }];
    })
    .sort((a, b) => a.seq - b.seq);
  return [...lost].map((seq) => {
    const before = live.findLast((entry) => entry.seq < seq);
    const after = live.find((entry) => entry.seq > seq);
    return { from: before === undefined ? whole.from : before.from - DISORDER, until: after?.until ?? whole.until };
  });
}

/** The cursor times of a batch. Undefined for a batch without. */
export function readWindow({ from, to }: LedgerEntry): AuditWindow | undefined {
  return from === null || to === null ? undefined : { from: readTimestamp(from), until: readTimestamp(to) };
}

/**
 * Finds the time up to which a tail was read, milliseconds. When nothing changes, the cursor stands still, and there is none before the
 * first record. The last run found that there is nothing after it. Null if nothing was read.
 */
export function findReadTo(checkpoint: Pick<Checkpoint, 'cursor' | 'lastRun'> | undefined): number | null {
  const times = [checkpoint?.cursor, checkpoint?.lastRun?.completeTo].flatMap((time) => parseTimestamp(time) ?? []);
  return times.length === 0 ? null : Math.max(...times);
}
