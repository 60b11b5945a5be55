import { readTimestamp } from '../../catalog/timestamp.ts';
import type { Checkpoint } from '../ledger/checkpoint.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { AuditWindow } from './audit-window.ts';
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
 */
export async function readAuditedLedger(
  ledger: Pick<Ledger, 'entriesBackwards'>,
  endpoint: string,
  checkpoint: Pick<Checkpoint, 'seq' | 'lastEntry'> | undefined,
  from: number,
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
  const last = checkpoint?.lastEntry;
  // the entry of the last batch may not be appended yet
  if (last !== undefined) entries.set(last.seq, last);
  const lost = new Set<number>();
  for (let seq = lowest; seq <= (checkpoint?.seq ?? 0); seq++) if (!entries.has(seq)) lost.add(seq);
  return { entries: [...entries.values()], lost };
}

/** The partitions that batches wrote to. */
export function listDays(entries: readonly LedgerEntry[]): string[] {
  const raw = entries.flatMap(({ objects }) => objects.filter(({ zone }) => zone === 'raw'));
  return [...new Set(raw.map(({ dt }) => dt))].sort();
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
