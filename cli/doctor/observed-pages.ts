import { isoTime, parseEventTime } from '../../catalog/timestamp.ts';
import { isObject } from '../../lambdas/common/json.ts';
import { MAX_ANSWER_BYTES } from '../../lambdas/platform/answer-body.ts';
import { MAX_EMPTY_PAGES, PAGE_SIZE, type Page } from '../../lambdas/platform/page.ts';
import { count } from '../terminal/counting.ts';
import { type Finding, reportBadQuirk, reportQuirk } from './finding.ts';
import type { Collection, Observation } from './page-observation.ts';
import { countPerPage, findFirstPage } from './page-plan.ts';
import type { Purpose } from './page-question.ts';

/** Statuses with which a platform refuses single requests of a readable collection. */
const REFUSALS: ReadonlySet<number | null> = new Set([400, 403, 404, 410, 413, 414, 416, 422]);

/** A page of the walk from the first record on. */
interface NumberedPage extends Page {
  readonly number: number;
}

/** Finds differences from the reference in the pages of a collection. */
export function findPageQuirks(collection: Collection, observations: readonly Observation[]): Finding[] {
  const first = findFirstPage(observations);
  if (first === undefined) return [];
  const all = [{ ...first, number: 1 }, ...listPages(observations, ['second', 'last', 'beyond', 'deep'])];
  // if the platform ignores page numbers, further pages say nothing
  const pages = isRepeated(all) ? all.slice(0, 1) : all;
  return [
    ...judgeTotal(collection, pages),
    ...judgePageSize(collection, pages),
    ...judgeEnd(collection, all),
    ...judgeRefusals(collection, observations),
    ...judgeBodies(collection, observations),
    ...judgeFilters(collection, observations),
  ];
}

const listPages = (observations: readonly Observation[], purposes: readonly Purpose[]): NumberedPage[] =>
  observations.flatMap(({ question, body }) =>
    body.kind === 'page' && purposes.includes(question.purpose) ? { ...body.page, number: question.page } : [],
  );

/** Whether page 2 is page 1 again. */
function isRepeated([first, second]: readonly NumberedPage[]): boolean {
  const text = (page: Page) => page.rows.map(({ json }) => json).join();
  return second?.number === 2 && second.rows.length > 0 && first !== undefined && text(first) === text(second);
}

const hasMore = (pages: readonly NumberedPage[]) => pages.some(({ number, rows }) => number > 1 && rows.length > 0);

function judgeTotal({ path }: Collection, pages: readonly NumberedPage[]): Finding[] {
  const filled = pages.filter(({ rows }) => rows.length > 0);
  const first = filled[0];
  if (first === undefined) return [];
  if (filled.length > 1 && filled.every(({ total, rows }) => total === rows.length)) {
    const totals = filled.map(({ number, total }) => `${total} on page ${number}`).join(', ');
    return [
      reportQuirk(
        path,
        'total-of-page',
        `Total is ${totals}: it counts the page only`,
        'after a full page, ingestion asks for one more',
      ),
    ];
  }
  // pages that are not full say nothing about the position of their records
  const size = countPerPage(first);
  if (hasMore(pages) && first.rows.length < size) return [];
  const wrong = pages.findLast(({ number, total, rows }) => {
    if (total === null) return false;
    const before = (number - 1) * size;
    return rows.length === 0
      ? total > before
      : total < before + rows.length || (rows.length < size && total > before + rows.length);
  });
  if (wrong === undefined) return [];
  const place =
    wrong.rows.length === 0
      ? `page ${wrong.number} is empty`
      : `page ${wrong.number} ends with record ${(wrong.number - 1) * size + wrong.rows.length}`;
  return [
    reportQuirk(
      path,
      'total-contradicts',
      `Total is ${wrong.total}, but ${place}`,
      'a Total ends nothing: ingestion asks for one more page. A snapshot is taken after three walks alike, with a warning that names both numbers',
    ),
  ];
}

function judgePageSize({ path }: Collection, pages: readonly NumberedPage[]): Finding[] {
  const [first] = pages;
  if (first === undefined || first.rows.length === 0 || !hasMore(pages)) return [];
  const { rows, perPage } = first;
  if (perPage !== null && perPage < PAGE_SIZE)
    return [
      reportQuirk(
        path,
        'per-page-capped',
        `${PAGE_SIZE} rows were requested, and the platform gives ${perPage} (Per-Page)`,
        'ingestion reads pages of that size, with more requests',
      ),
    ];
  if (rows.length >= PAGE_SIZE) return [];
  return [
    reportQuirk(
      path,
      'short-pages',
      `page 1 has ${rows.length} of the ${PAGE_SIZE} rows that were requested, and more follow`,
      'a page that is not full ends nothing: ingestion asks for one more',
    ),
  ];
}

function judgeEnd({ path }: Collection, pages: readonly NumberedPage[]): Finding[] {
  const length = pages[0]?.rows.length ?? 0;
  const empty = pages.find(({ rows, hasNext }) => rows.length === 0 && hasNext === true);
  return [
    ...(empty === undefined
      ? []
      : [
          reportQuirk(
            path,
            'empty-page-with-next',
            `page ${empty.number} is empty, and its Link names a next one`,
            `ingestion reads on, past ${MAX_EMPTY_PAGES - 1} empty pages in a row`,
          ),
        ]),
    ...(isRepeated(pages) && length >= PAGE_SIZE
      ? [
          reportBadQuirk(
            path,
            'page-ignored',
            'wrong',
            `page 2 has the same ${count(length, 'row')} as page 1`,
            'ingestion stops where records share one timestamp, and takes no snapshot',
            'ask the operator of the platform why "page" is ignored',
          ),
        ]
      : []),
  ];
}

function judgeRefusals({ path, endpoints }: Collection, observations: readonly Observation[]): Finding[] {
  const refused = observations.find(({ question, status }) => question.page > 1 && REFUSALS.has(status));
  if (refused === undefined) return [];
  const found = `page ${refused.question.page} is refused (${refused.status})`;
  if (endpoints[0]?.source.kind === 'tail')
    return [reportQuirk(path, 'deep-pages-refused', found, 'ingestion reads the rest by the cursor')];
  // there is nothing on the page
  if (refused.question.purpose === 'beyond' || refused.question.purpose === 'deep')
    return [reportQuirk(path, 'deep-pages-refused', found, 'a collection with fewer pages is read completely')];
  return [
    reportBadQuirk(
      path,
      'deep-pages-refused',
      'wrong',
      found,
      'a snapshot that cannot be read completely is not taken, and the one before it stays',
      'ask the operator of the platform to allow pages of this collection, or switch its endpoint off',
    ),
  ];
}

function judgeBodies({ path }: Collection, observations: readonly Observation[]): Finding[] {
  return observations.flatMap(({ question: { page, purpose }, body, status }) => {
    const place = purpose === 'range' || purpose === 'future' ? `a filtered page` : `page ${page}`;
    if (status === 204)
      return [reportQuirk(path, 'no-content', `${place} is answered with 204`, 'ingestion takes it as an empty page')];
    if (status !== null && status >= 500)
      return [
        reportQuirk(
          path,
          'server-error',
          `${place} is answered with ${status}`,
          'the request is repeated. If one record is to blame, it is isolated, journalled and retried later',
        ),
      ];
    if (body.kind === 'oversized')
      return [
        reportQuirk(
          path,
          'answer-too-large',
          `${place} has more than ${MAX_ANSWER_BYTES / 1e6} MB`,
          'ingestion asks for fewer records. One that is too large alone is journalled as unreadable',
        ),
      ];
    if (body.kind !== 'other') return [];
    const isError = body.start === '{' || body.start === '<';
    return [
      isError
        ? reportQuirk(
            path,
            'error-as-200',
            `${place} is answered with 200 and ${body.what}`,
            'the request is repeated as after a 5xx',
          )
        : reportQuirk(
            path,
            'not-json',
            `${place} is answered with ${body.what}`,
            'the request is repeated. If one record is to blame, it is isolated, journalled and retried later',
          ),
    ];
  });
}

function judgeFilters({ path, endpoints }: Collection, observations: readonly Observation[]): Finding[] {
  const source = endpoints[0]?.source;
  if (source?.kind !== 'tail') return [];
  const { cursor } = source;
  let early = 0;
  let late = 0;
  let asked = '';
  for (const { question, body } of observations) {
    if (body.kind !== 'page' || (question.purpose !== 'range' && question.purpose !== 'future')) continue;
    const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = question;
    for (const { value } of body.page.rows) {
      const time = isObject(value) ? parseEventTime(value[cursor]) : null;
      if (time === null) continue;
      // a platform may filter by finer digits than we read, or by seconds
      if (time < from - 1000) early += 1;
      if (time > until + 1000) late += 1;
    }
    if (question.purpose === 'range' && question.from !== undefined) asked = isoTime(question.from);
  }
  return [
    ...(early === 0
      ? []
      : [
          reportBadQuirk(
            path,
            'from-ignored',
            'wrong',
            `${count(early, 'record')} from before ${cursor}[from]`,
            'ingestion cannot continue from its cursor: every run would read the collection from its beginning',
            'ask the operator of the platform why the filter is ignored',
          ),
        ]),
    ...(late === 0
      ? []
      : [
          reportQuirk(
            path,
            'to-ignored',
            `${count(late, 'record')} from after ${cursor}[to], ${asked}`,
            'ingestion reads history one request at a time instead of several. The result is complete',
          ),
        ]),
  ];
}
