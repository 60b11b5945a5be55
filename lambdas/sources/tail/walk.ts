import { isoTime } from '../../../catalog/timestamp.ts';
import { ContractError, OversizedAnswerError, RefusedRequestError, UnreadableError } from '../../common/errors.ts';
import type { ParsedJson } from '../../common/json.ts';
import type { FoundUnreadable } from '../../ledger/unreadable-records.ts';
import { canHaveMore, MAX_EMPTY_PAGES, PAGE_SIZE, type Page } from '../../platform/page.ts';
import { type NarrowedPage, type NarrowingBudget, narrowPage } from '../narrow-page.ts';
import { lastCursor } from './cursor-order.ts';
import { chooseLength, type ParallelPagesOptions, readParallelPages, type SettledRange } from './parallel-pages.ts';
import { TieGuard } from './tie-guard.ts';

/** A page of the walk with the request that gave it. */
export interface WalkedPage {
  readonly rows: readonly ParsedJson[];
  /** For messages: where the page comes from. */
  readonly place: string;
  /** Platform time of the answer, milliseconds. */
  readonly answeredAt: number;
  /** Everything before this cursor time has been seen when the page is taken, in milliseconds; null if it does not advance. */
  readonly watermark: number | null;
  /** Records of this page that the platform could not deliver. */
  readonly unreadable: readonly FoundUnreadable[];
}

/** One request of a walk; times in milliseconds, both ends of the range included. */
export interface WalkRequest {
  readonly from: number;
  /** @default - no end */
  readonly until: number | undefined;
  readonly page: number;
  /** Records on a page. @default - as many as the API gives */
  readonly per?: number;
}

export interface WalkOptions {
  readonly path: string;
  /** Start of the walk, inclusive. */
  readonly from: number;
  /** End of the walk, inclusive. @default - to the newest row */
  readonly until?: number | undefined;
  readonly fetch: (request: WalkRequest) => Promise<Page>;
  /** Cursor time of a row, or null if it has none. */
  readonly cursorOf: (row: ParsedJson) => number | null;
  /** Requests that may be spent on unreadable pages. */
  readonly narrowing: NarrowingBudget;
  /** How to read far behind. @default - one request after the other */
  readonly parallel?: ParallelPagesOptions | undefined;
}

/**
 * Walks a collection in the order of its cursor although rows move to the end while it walks.
 *
 *     from ──[page 1: 100 rows]──> cursor of the last row = new from ──[page 1]──> ...
 *
 * Always the first page, so a row that moves away cannot push another one across a page border. Only where more than a
 * page shares one timestamp are further pages walked: forwards to the end of that timestamp, then back to its first page.
 * Rows that leave the timestamp move the others towards the first page, so the way back meets every row that stayed.
 * Far behind, the settled part of the range is read in parallel pages.
 *
 * @throws ContractError if a page is not in the order of its cursor, or the platform ignores `page`
 */
export async function* walk(options: WalkOptions): AsyncGenerator<WalkedPage> {
  const { path, until, cursorOf } = options;
  let at = options.from;
  const { parallel } = options;
  let longest = parallel?.longest ?? 0;
  /** Records on a page: fewer once a page was too large. */
  let per = PAGE_SIZE;
  let canReadParallel: boolean | undefined = parallel === undefined ? false : undefined;
  const gapEnd = findGapEnd(options);
  const askForFewer = () => {
    per /= 10;
    canReadParallel = false;
  };
  positions: for (;;) {
    let received = 0;
    let number = 0;
    /** Places on the last pages, which had no records. */
    let empty = 0;
    let last: number | null = null;
    let previous: NarrowedPage | undefined;
    let more = true;
    // one page, or all pages of a timestamp that fills more than one
    while (more && (last === null || last <= at)) {
      number += 1;
      const page = await readPage(options, { from: at, until, page: number }, per);
      if (page === 'oversized') {
        askForFewer();
        continue positions;
      }
      const place = placeOf(path, at, number);
      if (previous !== undefined && sameRows(previous, page)) {
        if (page.rows.length >= PAGE_SIZE || page.hasNext === true || (page.total ?? 0) > received)
          throw new ContractError(`${place} repeats the page before it: the platform ignores "page"`);
        break;
      }
      last = lastCursor(page.rows, cursorOf, place) ?? last;
      received += page.rows.length + page.gaps.length;
      empty = page.rows.length === 0 ? empty + per : 0;
      more = canHaveMore(page, received) && empty < MAX_EMPTY_PAGES * PAGE_SIZE;
      // what lies behind a timestamp of several pages counts when the way back is done
      yield walked(options, page, { from: at, number, watermark: number === 1 ? last : at, end: await gapEnd(page) });
      previous = page;
    }
    for (let back = number - 1; back >= 1; back--) {
      const page = await readPage(options, { from: at, until, page: back }, per);
      if (page === 'oversized') {
        askForFewer();
        continue positions;
      }
      yield walked(options, page, {
        from: at,
        number: back,
        watermark: back === 1 ? last : null,
        end: await gapEnd(page),
      });
    }
    if (!more || last === null || last <= at || (until !== undefined && last > until)) return;
    at = last;
    if (parallel === undefined || canReadParallel === false || previous === undefined) continue;
    if (chooseLength(previous, longest) === 0) continue;
    const ahead = Math.max(
      1,
      Math.min(parallel.ahead, Math.floor(MAX_CHARACTERS_IN_FLIGHT / countCharacters(previous))),
    );
    const here = { ...options, parallel: { ...parallel, ahead, longest } };
    const range = beginRange(here, at);
    canReadParallel ??= (
      await Promise.all([honoursEnds(options, at), ahead > 1 ? range?.first().catch(() => null) : null])
    )[0];
    if (!canReadParallel || range === undefined) continue;
    const end = yield* walkParallelRanges(here, range);
    at = end.reached;
    // a platform that refuses deep pages is read on by the cursor
    if (end.deepest !== undefined) longest = Math.min(longest, end.deepest);
  }
}

/** Characters of pages that are on their way at the same time: bounds memory. */
export const MAX_CHARACTERS_IN_FLIGHT = 16_000_000;

const countCharacters = ({ rows }: Page): number => 1 + rows.reduce((sum, { json }) => sum + json.length, 0);

/**
 * Reads a page, or of a page that cannot be read all records that can.
 * @returns `oversized` if the page is too large: fewer records may fit
 */
async function readPage(
  { fetch, narrowing, cursorOf }: WalkOptions,
  request: WalkRequest,
  per: number,
): Promise<NarrowedPage | 'oversized'> {
  const isUsual = per === PAGE_SIZE;
  try {
    const page = await fetch(isUsual ? request : { ...request, per });
    return { ...page, gaps: [], perPage: isUsual ? page.perPage : per };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    if (error instanceof OversizedAnswerError && isUsual) return 'oversized';
    return narrowPage({
      page: request.page,
      size: per,
      failure: error,
      fetch: (page, size) => fetch({ ...request, page, per: size }),
      budget: narrowing,
      orderOf: cursorOf,
    });
  }
}

/**
 * Whether the platform cuts a range at its end: only then does `Total` say that nothing left a settled range.
 * @returns undefined if a full page of one time leaves it open, or the page cannot be read
 */
async function honoursEnds(options: WalkOptions, at: number): Promise<boolean | undefined> {
  const { fetch, cursorOf } = options;
  const rows = await fetch({ from: at, until: at, page: 1 }).then(
    (page) => page.rows,
    (error: unknown) => {
      if (error instanceof UnreadableError) return undefined;
      throw error;
    },
  );
  if (rows === undefined) return undefined;
  if (rows.some((row) => (cursorOf(row) ?? at) > at)) return false;
  return rows.length < PAGE_SIZE ? true : undefined;
}

type ParallelWalkOptions = WalkOptions & { readonly parallel: ParallelPagesOptions };

/** @returns the settled range from `at` on; undefined if nothing is settled there */
function beginRange({ fetch, until: end, parallel }: ParallelWalkOptions, at: number): SettledRange | undefined {
  const until = Math.min(end ?? Number.POSITIVE_INFINITY, parallel.settledUntil());
  if (until <= at) return undefined;
  let first: Promise<Page> | undefined;
  return {
    from: at,
    first: () => (first ??= fetch({ from: at, until, page: 1 })),
    fetch: (page) => fetch({ from: at, until, page }),
  };
}

/**
 * Reads settled pages from the start of a range on, several at a time, as long as nothing moves. A range is as many pages as
 * may be read in parallel.
 * @returns where it got to
 */
async function* walkParallelRanges(
  options: ParallelWalkOptions,
  start: SettledRange,
): AsyncGenerator<WalkedPage, ParallelEnd> {
  const { path, cursorOf, parallel } = options;
  const follow = ({ from }: SettledRange, { rows }: Page) => {
    const last = rows.map(cursorOf).findLast((time) => time !== null) ?? from;
    return last > from ? beginRange(options, last) : undefined;
  };
  for (let next: SettledRange | undefined = start; ; ) {
    const from: number = next.from;
    let reached: number = from;
    let pages = 0;
    let guard = new TieGuard(cursorOf);
    try {
      for await (const { range, number, page } of readParallelPages(next, parallel, follow)) {
        if (number === 1) guard = new TieGuard(cursorOf);
        if (!guard.accepts(page.rows)) return { reached };
        const watermark = lastCursor(page.rows, cursorOf, placeOf(path, range.from, number));
        reached = watermark ?? reached;
        yield walked(options, { ...page, gaps: [] }, { from: range.from, number, watermark, end: undefined });
        pages = number;
      }
    } catch (error) {
      // one request after the other, the walk finds out which record is to blame
      if (error instanceof UnreadableError) return { reached };
      if (error instanceof RefusedRequestError) return { reached, deepest: pages };
      throw error;
    }
    next = pages === parallel.longest && reached > from ? beginRange(options, reached) : undefined;
    if (next === undefined) return { reached };
  }
}

/** Where parallel pages ended: the cursor time they reached, and the deepest page if the platform refused the one behind it. */
interface ParallelEnd {
  readonly reached: number;
  readonly deepest?: number;
}

/**
 * Finds the latest cursor time that a record can have that cannot be read and that no other one follows on its page: the end of the range,
 * if the platform is known to cut ranges there. The platform is asked once.
 */
function findGapEnd(options: WalkOptions): (page: NarrowedPage) => Promise<number | undefined> {
  const { until, cursorOf } = options;
  let isCut: Promise<boolean | undefined> | undefined;
  return async ({ rows, gaps }) => {
    const lastGap = gaps.at(-1);
    if (until === undefined || lastGap === undefined) return undefined;
    if (rows.slice(lastGap.before).some((row) => cursorOf(row) !== null)) return undefined;
    isCut ??= honoursEnds(options, until);
    return (await isCut) === true ? until : undefined;
  };
}

/** Where a page lies in its walk. */
interface PagePlace {
  readonly from: number;
  readonly number: number;
  readonly watermark: number | null;
  /** The latest cursor time of a gap that no row follows. @default - when it was met */
  readonly end: number | undefined;
}

function walked(
  { path, until, cursorOf }: WalkOptions,
  { rows, answeredAt, gaps }: NarrowedPage,
  { from, number, watermark, end }: PagePlace,
): WalkedPage {
  const times = gaps.length === 0 ? [] : rows.map(cursorOf);
  const isKnown = (time: number | null) => time !== null;
  const unreadable = gaps
    .map(({ before, position, reason, metUntil }) => ({
      from: times.slice(0, before).findLast(isKnown) ?? from,
      until: times.slice(before).find(isKnown) ?? end ?? metUntil,
      place: `${path} from ${isoTime(from)} record ${position}`,
      reason,
    }))
    // what a platform that ignores the end of a range has behind it
    .filter((gap) => until === undefined || gap.from <= until);
  return { rows, answeredAt, place: placeOf(path, from, number), watermark, unreadable };
}

const placeOf = (path: string, at: number, page: number) => `${path} from ${isoTime(at)} page ${page}`;

const sameRows = (a: Page, b: Page) =>
  a.rows.length > 0 &&
  a.rows.length === b.rows.length &&
  a.rows.every(({ json }, index) => json === b.rows[index]?.json);
