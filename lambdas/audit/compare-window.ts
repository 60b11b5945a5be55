import { PAGE_SIZE } from '../platform/page.ts';
import { type AuditWindow, halveWindow } from './audit-window.ts';
import type { LakeIndex, LakeRecord } from './lake-index.ts';
import type { PlatformRecord, PlatformWindows } from './platform-window.ts';

/** How the records of a window were counted: by `Total`, by listing ids, or by both in different parts of the window. */
export type CountedBy = 'total' | 'ids' | 'both';

/** Both sides of a comparison. */
export interface ComparedSides {
  readonly platform: PlatformWindows;
  readonly lake: LakeIndex;
  /** Ids of records in quarantine. They are not missing: the lake holds them aside. */
  readonly quarantined: ReadonlySet<string>;
  /** Ids that an earlier audit marked as missing upstream. */
  readonly marked: ReadonlySet<string>;
}

/** What the comparison of a window found. */
export interface WindowComparison {
  readonly countedBy: CountedBy;
  readonly platformCount: number;
  readonly lakeCount: number;
  /** Records that the platform shows and the lake lacks, or has in an older version only. */
  readonly missing: readonly PlatformRecord[];
  /** Records that the lake has and the platform does not show in this window. They may have changed since. */
  readonly notShown: readonly LakeRecord[];
  /** Number of records that are in quarantine, or that the platform cannot deliver. */
  readonly setAside: number;
  /** Ids that were marked as missing upstream and are shown again. */
  readonly shownAgain: readonly string[];
}

/**
 * Compares a window. If the counts differ, the window is halved until the records of a part can be listed at little cost.
 *
 *     [──────────── 1,234 / 1,231 ────────────]
 *     [──── 617 / 617 ────][──── 617 / 614 ────]
 *                          [─ 300 / 300 ─][─ 317 / 314 ─] -> ids
 */
export async function compareWindow(sides: ComparedSides, window: AuditWindow): Promise<WindowComparison> {
  const lakeCount = countShown(sides, window);
  const total = await sides.platform.count(window);
  if (total === undefined) return compareIds(sides, window);
  if (total === lakeCount)
    return {
      countedBy: 'total',
      platformCount: total,
      lakeCount,
      missing: [],
      notShown: [],
      setAside: 0,
      shownAgain: [],
    };
  const halves = isCheaperToList(total, lakeCount) ? undefined : halveWindow(window);
  if (halves === undefined) return compareIds(sides, window);
  const [first, second] = halves;
  return joinComparisons([await compareWindow(sides, first), await compareWindow(sides, second)]);
}

/** Compares a window by the ids and cursor times of its records. */
export async function compareIds(
  { platform, lake, quarantined, marked }: ComparedSides,
  window: AuditWindow,
): Promise<WindowComparison> {
  const { records, nameless } = await platform.list(window);
  const missing = records.filter(({ id, at }) => !quarantined.has(id) && !hasVersion(lake.find(id), at));
  const aside = records.filter(({ id, at }) => quarantined.has(id) && !hasVersion(lake.find(id), at));
  const shown = new Set(records.map(({ id }) => id));
  const inLake = lake.list(window).filter(({ id }) => !marked.has(id) || shown.has(id));
  return {
    countedBy: 'ids',
    platformCount: records.length + nameless,
    lakeCount: inLake.length,
    missing,
    notShown: inLake.filter(({ id }) => !shown.has(id)),
    setAside: aside.length + nameless,
    shownAgain: [...shown].filter((id) => marked.has(id)),
  };
}

/** Joins the comparisons of the parts of a window. */
export function joinComparisons(parts: readonly WindowComparison[]): WindowComparison {
  const ways = new Set(parts.map(({ countedBy }) => countedBy));
  const [way = 'total'] = ways;
  return {
    countedBy: ways.size > 1 ? 'both' : way,
    platformCount: sum(parts.map(({ platformCount }) => platformCount)),
    lakeCount: sum(parts.map(({ lakeCount }) => lakeCount)),
    missing: parts.flatMap(({ missing }) => missing),
    notShown: parts.flatMap(({ notShown }) => notShown),
    setAside: sum(parts.map(({ setAside }) => setAside)),
    shownAgain: parts.flatMap(({ shownAgain }) => shownAgain),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

/** Number of records in the lake that the platform is expected to show. */
function countShown({ lake, marked }: ComparedSides, window: AuditWindow): number {
  if (marked.size === 0) return lake.count(window);
  return lake.list(window).filter(({ id }) => !marked.has(id)).length;
}

/** Whether the lake has this version or a newer one. A record without a cursor time is not in the lake. */
const hasVersion = (known: LakeRecord | undefined, at: number | null): boolean =>
  known !== undefined && at !== null && known.at >= at;

/** Requests of one level of halving: a count and its check, for both halves. */
const HALVING_REQUESTS = 4;

/** Whether listing a window costs fewer requests than halving it until the differences are found. */
function isCheaperToList(total: number, lakeCount: number): boolean {
  const pages = Math.ceil(Math.max(total, lakeCount) / PAGE_SIZE);
  const differences = Math.max(1, Math.abs(total - lakeCount));
  return pages <= differences * HALVING_REQUESTS * Math.max(1, Math.ceil(Math.log2(pages)));
}
