import { ConfigurationError, RefusedRequestError, UnreadableError } from '../common/errors.ts';
import type { ParsedJson } from '../common/json.ts';
import type { Page } from '../platform/page.ts';
import { identifyRow } from './identify-row.ts';

/** How often a request is sent at most that asks for few records, or for one that was unreadable before. */
export const FEW_ATTEMPTS = 2;

/** Most requests that one run spends on pages that the platform fails to answer. */
export const MAX_NARROWING_REQUESTS = 300;

/** Single records in a row that cannot be read before the platform counts as down. */
const MAX_UNREADABLE_IN_A_ROW = 20;

/** A record that the platform cannot deliver. */
export interface Gap {
  /** The row of the page before which it stands. */
  readonly before: number;
  /** Its place among the records that match the filters, from 1. */
  readonly position: number;
  readonly reason: string;
  /** Platform time at which it was there at the latest, milliseconds. */
  readonly metUntil: number;
}

/** A page without the records that cannot be read. */
export interface NarrowedPage extends Page {
  readonly gaps: readonly Gap[];
}

/** Counts the requests that are spent on unreadable pages. */
export class NarrowingBudget {
  #left = MAX_NARROWING_REQUESTS;

  /** @returns false if none is left */
  take(): boolean {
    this.#left -= 1;
    return this.#left >= 0;
  }
}

interface NarrowingOptions {
  /** The page that failed, from 1. */
  readonly page: number;
  /** Records of a page: a power of ten. */
  readonly size: number;
  /** How it failed. */
  readonly failure: UnreadableError;
  /** Reads a page of `per` records. */
  readonly fetch: (page: number, per: number) => Promise<Page>;
  readonly budget: NarrowingBudget;
  /** What the page is ordered by; null for a row that does not say it. @default - nothing */
  readonly orderOf?: (row: ParsedJson) => number | null;
}

/** A record that could not be read alone, and its place among the records that match the filters. */
interface Failed {
  readonly position: number;
  readonly reason: string;
}

/**
 * Reads what can be read of a page that the platform fails to answer: ten records at a time, and one at a time where that fails.
 *
 *     page 3 (100 rows) fails ── 300..291 ok ── 290..281 fails ── 290 ok, 289 fails, 288 ok ... ── 280..271 ok ...
 *
 * From the end to the start: records that leave meanwhile move the others towards the start, so that each of them is met.
 *
 * @throws UnreadableError the failure, if nothing else can be read either: then the platform is down, no record is to blame
 */
export async function narrowPage({
  page,
  size,
  failure,
  fetch,
  budget,
  orderOf = () => null,
}: NarrowingOptions): Promise<NarrowedPage> {
  const parts: (readonly ParsedJson[] | Failed)[] = [];
  let first: Page | undefined;
  let last: Page | undefined;
  let inARow = 0;
  const ask = async (number: number, per: number): Promise<Page | UnreadableError | 'behind the end'> => {
    if (!budget.take()) throw failure;
    try {
      const answer = await fetch(number, per);
      // a platform that gives more than it was asked for does not let us look at single records
      if (answer.rows.length > per) throw failure;
      inARow = 0;
      first ??= answer;
      last = answer;
      parts.push(answer.rows);
      return answer;
    } catch (error) {
      if (error instanceof UnreadableError && error !== failure) return error;
      if (first === undefined && isRefused(error)) return 'behind the end';
      throw error;
    }
  };
  const before = (page - 1) * size;
  const partSize = size / 10;
  for (let start = before + size - partSize; start >= before; start -= partSize) {
    if (partSize > 1 && !((await ask(start / partSize + 1, partSize)) instanceof UnreadableError)) continue;
    for (let position = start + partSize; position > start; position--) {
      const single = await ask(position, 1);
      if (!(single instanceof UnreadableError)) continue;
      parts.push({ position, reason: single.message });
      inARow += 1;
      if (inARow > MAX_UNREADABLE_IN_A_ROW) throw failure;
    }
  }
  if (first === undefined || last === undefined) throw failure;
  // the part that was read first is the last one of the page. If it is empty, nothing follows unless a link says so
  const hasNext = first.hasNext ?? (first.rows.length === 0 ? false : null);
  const { rows, gaps } = joinParts(parts, orderOf);
  const metUntil = last.answeredAt;
  // what is in the first part may have changed since: the page is as old as that
  const { answeredAt } = first;
  return { ...last, answeredAt, rows, gaps: gaps.map((gap) => ({ ...gap, metUntil })), perPage: null, hasNext };
}

/** Whether a platform refuses a part, as some do behind the last record. */
const isRefused = (error: unknown): boolean =>
  error instanceof RefusedRequestError || (error instanceof ConfigurationError && error.refusedWith === 404);

/**
 * The rows of the parts in order, each record once. One that moved towards the start while it was read is in two parts. One that came from
 * behind the page is out of order, and is met again where the walk continues.
 * @param parts from the end of the page to its start
 */
function joinParts(
  parts: readonly (readonly ParsedJson[] | Failed)[],
  orderOf: (row: ParsedJson) => number | null,
): { rows: readonly ParsedJson[]; gaps: readonly Omit<Gap, 'metUntil'>[] } {
  const rows: ParsedJson[] = [];
  const failed: { readonly behind: number; readonly position: number; readonly reason: string }[] = [];
  const known = new Set<unknown>();
  let next = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    if ('reason' in part) {
      failed.push({ behind: rows.length, ...part });
      continue;
    }
    for (const row of part.toReversed()) {
      const order = orderOf(row) ?? next;
      if (known.has(identifyRow(row)) || order > next) continue;
      known.add(identifyRow(row));
      rows.push(row);
      next = order;
    }
  }
  const gaps = failed.map(({ behind, ...gap }) => ({ before: rows.length - behind, ...gap }));
  return { rows: rows.reverse(), gaps: gaps.reverse() };
}
