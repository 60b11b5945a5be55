import { IngestError } from '../common/errors.ts';
import { type AuditWindow, cutAtDoubts, splitDays } from './audit-window.ts';
import {
  type ComparedSides,
  compareIds,
  compareWindow,
  joinComparisons,
  type WindowComparison,
} from './compare-window.ts';
import type { LakeRecord } from './lake-index.ts';
import { BudgetSpentError } from './request-budget.ts';
import { createUnproved, type HealRange, type WindowResult } from './window-result.ts';

/** What the audit of a tail needs. */
export interface TailAudit extends ComparedSides {
  readonly endpoint: string;
  /** The windows to compare are the UTC days of this range. */
  readonly range: AuditWindow;
  /** Newest cursor time at which both sides are quiet: older than look-back and settle time. */
  readonly quietUntil: number;
  /** Platform time, milliseconds. */
  readonly now: () => number;
  /** Ranges whose objects in the lake are damaged: equal counts prove nothing there. */
  readonly doubts: readonly AuditWindow[];
  /** Batches that have no ledger entry. Nested endpoints and curation do not see their records. */
  readonly lostBatches: ReadonlySet<number>;
  /** Called after each window. */
  readonly onWindow?: (done: number, all: number) => void;
  /** Divides the audit among several invocations. @default - there is time for all windows */
  readonly pace?: AuditPace | undefined;
}

/** A window that was compared, or the reason why it was not. */
export interface ComparedWindow {
  readonly window: AuditWindow;
  readonly comparison: WindowComparison | null;
  readonly reason: string | null;
}

/** How an audit is divided among invocations: each compares some windows, and the next one has what they found. */
export interface AuditPace {
  /** Windows that are compared, by their start. The audit adds to it. */
  readonly compared: Map<number, ComparedWindow>;
  /** Whether the time that is left is enough for a window. */
  readonly hasTime: () => boolean;
}

/** The time of this invocation is up. The next one continues with what the pace holds. */
export class TimeIsUpError extends Error {
  override readonly name = 'TimeIsUpError';
}

/** Records may enter a window from the future by at most this much, milliseconds. */
const DAY = 86_400_000;

/**
 * Compares the windows of a tail. A record that the lake has in a window and the platform does not show there has changed meanwhile, has
 * changed before and its newer version is missing, or is missing upstream. Only the last remains when all places where it can be were read.
 */
export async function auditTail(audit: TailAudit): Promise<WindowResult[]> {
  const { range, quietUntil } = audit;
  const windows = splitDays({ from: range.from, until: Math.min(range.until, quietUntil) });
  const compared: ComparedWindow[] = [];
  const steps = new WindowSteps(audit);
  for (const window of windows) {
    compared.push(await steps.compare(window));
    audit.onWindow?.(compared.length, windows.length);
  }
  const found = compared.flatMap(({ comparison }) => comparison ?? []);
  const elsewhere = await findElsewhere(audit, steps, found, windows.at(-1)?.until ?? range.until);
  return compared.map((each) => judge(audit, each, elsewhere));
}

/** Compares windows one after the other, as far as the time of an invocation allows. */
class WindowSteps {
  readonly #audit: TailAudit;
  #isFirst = true;

  constructor(audit: TailAudit) {
    this.#audit = audit;
  }

  /** @throws TimeIsUpError if the next invocation has to compare it. An invocation compares one window at least */
  async compare(window: AuditWindow): Promise<ComparedWindow> {
    const { pace } = this.#audit;
    const known = pace?.compared.get(window.from);
    if (known !== undefined) return known;
    const mustStop = () => !this.#isFirst && pace?.hasTime() === false;
    if (mustStop()) throw new TimeIsUpError();
    const compared = await tryWindow(this.#audit, window);
    // the reason may be that the time was too short
    if (compared.reason !== null && mustStop()) throw new TimeIsUpError();
    this.#isFirst = false;
    pace?.compared.set(window.from, compared);
    return compared;
  }
}

async function tryWindow(audit: TailAudit, window: AuditWindow): Promise<ComparedWindow> {
  try {
    const parts = cutAtDoubts(window, audit.doubts);
    const comparisons: WindowComparison[] = [];
    for (const { isDoubtful, from, until } of parts)
      comparisons.push(await (isDoubtful ? compareIds : compareWindow)(audit, { from, until }));
    return { window, comparison: joinComparisons(comparisons), reason: null };
  } catch (error) {
    return { window, comparison: null, reason: explain(error) };
  }
}

/** Ids that are at another place of the platform, or the reason why that is not known. */
interface Elsewhere {
  readonly ids: ReadonlySet<string>;
  readonly reason: string | null;
}

/** Finds the records that the platform does not show where the lake has them: in later windows, and among the newest changes. */
async function findElsewhere(
  audit: TailAudit,
  steps: WindowSteps,
  found: readonly WindowComparison[],
  auditedUntil: number,
): Promise<Elsewhere> {
  const ids = new Set(found.flatMap(({ missing }) => missing.map(({ id }) => id)));
  const isOpen = () => found.some(({ notShown }) => notShown.some(({ id }) => !ids.has(id)));
  if (!isOpen()) return { ids, reason: null };
  const { quietUntil, platform, now } = audit;
  try {
    for (const window of splitDays({ from: auditedUntil + 1, until: quietUntil })) {
      const { comparison, reason } = await steps.compare(window);
      if (comparison === null) return { ids, reason };
      for (const { id } of comparison.missing) ids.add(id);
    }
    if (!isOpen()) return { ids, reason: null };
    const { records } = await platform.list({ from: quietUntil + 1, until: now() + DAY });
    for (const { id } of records) ids.add(id);
    return { ids, reason: null };
  } catch (error) {
    return { ids, reason: explain(error) };
  }
}

function judge(
  { endpoint, lake, lostBatches, marked }: TailAudit,
  { window, comparison, reason }: ComparedWindow,
  elsewhere: Elsewhere,
): WindowResult {
  const place = { endpoint, part: 'records' } as const;
  if (comparison === null) return createUnproved(window, place, reason ?? 'not compared');
  const { countedBy, platformCount, lakeCount, setAside, notShown } = comparison;
  const gone = notShown.filter(({ id }) => !elsewhere.ids.has(id));
  const lost = lostBatches.size === 0 ? [] : lake.list(window).filter(({ batch }) => lostBatches.has(batch));
  const times = [...comparison.missing.map(({ at }) => at ?? window.from), ...lost.map(({ at }) => at)];
  return {
    ...place,
    ...window,
    countedBy,
    platformCount,
    lakeCount,
    missing: sortIds([...comparison.missing, ...lost]),
    healed: 0,
    missingUpstream: elsewhere.reason === null ? sortIds(gone.filter(({ id }) => !marked.has(id))) : [],
    shownAgain: comparison.shownAgain,
    setAside,
    changed: notShown.length - gone.length,
    reason: gone.length > 0 ? elsewhere.reason : null,
    heal: listHealRanges(endpoint, times),
  };
}

/** Records that are closer than this are healed by one backfill, milliseconds. */
const CLUSTER = 2 * 3_600_000;

/** Ranges that contain the times, few and short. */
export function clusterTimes(times: readonly number[]): AuditWindow[] {
  const ranges: { from: number; until: number }[] = [];
  for (const time of times.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && time - last.until <= CLUSTER) last.until = time;
    else ranges.push({ from: time, until: time });
  }
  return ranges;
}

/** What to backfill so that the records at these cursor times are read again. */
export const listHealRanges = (endpoint: string, times: readonly number[]): HealRange[] =>
  clusterTimes(times).map((range) => ({ endpoint, ...range }));

const sortIds = (records: readonly Pick<LakeRecord, 'id'>[]): string[] =>
  [...new Set(records.map(({ id }) => id))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));

function explain(error: unknown): string {
  if (error instanceof BudgetSpentError || error instanceof IngestError) return error.message;
  throw error;
}
