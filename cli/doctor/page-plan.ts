import { parseEventTime } from '../../catalog/timestamp.ts';
import { isObject } from '../../lambdas/common/json.ts';
import { PAGE_SIZE, type Page } from '../../lambdas/platform/page.ts';
import { MAX_AHEAD_OF_CLOCK } from '../../lambdas/sources/tail/walk-tail.ts';
import type { Collection, Observation } from './page-observation.ts';
import type { PageQuestion, Purpose } from './page-question.ts';

/** How far back tails are read, milliseconds. Far enough to find records, and short enough to be quick. */
const LOOK_BACK = 30 * 86_400_000;

const FEW = 10;

/** A page after the end of most collections. Platforms that refuse deep pages refuse it. */
const DEEP_PAGE = 200;

/** The first page of the walk: the answer to the first request, or to its repetition. */
export function findFirstPage(observations: readonly Observation[]): Page | undefined {
  return observations
    .filter(
      ({ question }) => question.purpose === 'first' || question.purpose === 'again' || question.purpose === 'few',
    )
    .flatMap(({ body }) => (body.kind === 'page' ? body.page : []))
    .at(0);
}

/** Number of records on a page of this platform, based on its first page. */
export const countPerPage = ({ rows, perPage }: Page): number =>
  Math.max(1, Math.min(PAGE_SIZE, perPage ?? (rows.length > 0 ? Math.min(PAGE_SIZE, rows.length) : PAGE_SIZE)));

/**
 * The next request to a collection. Returns undefined if what was observed is enough.
 * @param now platform time, milliseconds
 */
export function planNext(
  { endpoints }: Collection,
  observations: readonly Observation[],
  now: number,
): PageQuestion | undefined {
  const source = endpoints[0]?.source;
  const isTail = source?.kind === 'tail';
  const asked = (purpose: Purpose) => observations.find(({ question }) => question.purpose === purpose);
  const first = asked('first');
  const start = first === undefined ? (isTail ? now - LOOK_BACK : undefined) : first.question.from;
  const plan = (purpose: Purpose, page: number, per = PAGE_SIZE): PageQuestion => ({ purpose, page, per, from: start });
  if (first === undefined) return plan('first', 1);
  if (first.body.kind === 'oversized') return asked('few') ? undefined : plan('few', 1, FEW);
  if (first.body.kind === 'other' && asked('again') === undefined) return plan('again', 1);
  const page = findFirstPage(observations);
  if (page === undefined) return undefined;
  const second = asked('second');
  if (second === undefined) return plan('second', 2);
  const hasMore = second.body.kind === 'page' && second.body.page.rows.length > 0;
  const lastNumber = page.total === null ? null : Math.ceil(page.total / countPerPage(page));
  if (hasMore && lastNumber !== null && lastNumber > 2 && !asked('last')) return plan('last', lastNumber);
  if (hasMore && lastNumber !== null && !asked('beyond')) return plan('beyond', Math.max(3, lastNumber + 1));
  if (hasMore && lastNumber === null && !asked('deep')) return plan('deep', DEEP_PAGE);
  if (!isTail) return undefined;
  const moment = page.rows.map(({ value }) => (isObject(value) ? parseEventTime(value[source.cursor]) : null));
  const at = moment.findLast((time) => time !== null);
  if (at !== undefined && at !== null && !asked('range')) return { ...plan('range', 1), from: at, until: at };
  if (!asked('future')) return { ...plan('future', 1), from: now + MAX_AHEAD_OF_CLOCK };
  return undefined;
}
