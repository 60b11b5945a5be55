import type { ListRequest, QuirkyAnswer } from '../../../simulator/answer-quirks.ts';
import { hasDeletedPlaces } from '../../../simulator/page-places.ts';
import type { Collection, Json, Row } from './chaos-collection.ts';
import type { Platform } from './chaos-platform.ts';

/** The API never gives more, whatever is asked. */
const PER_PAGE = 100;

/** Stands for a body with more bytes than can be read. */
export const OVERSIZED = Symbol('a body that is too large');

const PREFIX = '/manager/api/v1';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Text, or more bytes than can be read. */
  readonly body: string | typeof OVERSIZED;
}

/** What a request asked of a collection: the range and the rows it got. */
export interface Served {
  readonly collection: Collection;
  readonly range: readonly Row[];
  readonly page: number;
}

/** Answers one request as the API does: bare arrays of at most 100 rows in the order of a column. */
export function serve(
  platform: Platform,
  url: URL,
  authorization: string | null,
): { answer: HttpAnswer; served?: Served } {
  const expected = `Basic ${Buffer.from(`${platform.name}:${platform.password}`).toString('base64')}`;
  if (authorization !== expected) return { answer: answerOf(platform, 401, '{"message":"unauthorized"}') };
  const path = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : '';
  const tree = platform.tree(path);
  if (tree !== undefined) return { answer: serveTree(platform, tree, url) };
  const collection = platform.collection(path);
  if (collection === undefined) return { answer: answerOf(platform, 404, '{"message":"not found"}') };
  const query = url.searchParams;
  const column = query.get('sort_column') ?? '';
  const known = [collection.cursor ?? 'id', collection.openUntil];
  if (!known.includes(column) || query.get('sort_direction') !== 'ASC')
    throw new Error(`a request that does not sort by ${known.join(' or ')}: ${url.search}`);
  const from = query.get(`${column}[from]`);
  const to = platform.traits.to ? query.get(`${column}[to]`) : null;
  const ends = [
    from === null ? Number.NEGATIVE_INFINITY : Date.parse(from),
    to === null ? Number.POSITIVE_INFINITY : Date.parse(to),
  ] as const;
  const range = rangeOf(platform, collection, column, ends);
  const page = pageOf(url);
  const per = Math.min(PER_PAGE, Number(query.get('per') ?? PER_PAGE));
  const { rows, places } = collection.page(range, page, per);
  const answer = answerOf(platform, 200, `[${rows.map(({ wire }) => wire).join(',')}]`);
  addPaging(platform, answer.headers, url, { total: range.length, places, page, per });
  const request = { page, per, ids: rows.map(({ id }) => id), hasMore: page * per < places };
  return { answer: alterAnswer(platform, answer, request, collection.first), served: { collection, range, page } };
}

/** The page as a platform with quirks answers it. */
function alterAnswer(platform: Platform, answer: HttpAnswer, request: ListRequest, first: number): HttpAnswer {
  if (!platform.quirks.hasAny) return answer;
  const altered = platform.quirks.list(toQuirky(answer), request, first);
  return altered === 'oversized' ? { ...answer, body: OVERSIZED } : fromQuirky(platform, altered);
}

/** Headers with the names that quirks know them by. */
const QUIRKY_HEADERS = ['Total', 'Per-Page', 'Link', 'Date', 'Retry-After'];

export const toQuirky = ({ status, headers, body }: HttpAnswer): QuirkyAnswer => ({
  status,
  body: Buffer.from(String(body)),
  headers: Object.fromEntries(
    QUIRKY_HEADERS.flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  ),
});

export function fromQuirky(platform: Platform, { status, body, headers }: QuirkyAnswer): HttpAnswer {
  const answer = answerOf(platform, status === 429 ? 200 : status, body.toString());
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return { ...answer, status };
}

/** Rows of a range of a column. A platform that does not filter by the time of closing gives all rows, the open ones last. */
function rangeOf({ traits }: Platform, collection: Collection, column: string, [from, to]: readonly [number, number]) {
  if (column !== collection.openUntil) return collection.range(from, to);
  if (traits.closed) return collection.closed(from, to);
  const closed = collection.closed(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  return [...closed, ...collection.rows().filter(({ record }) => record[column] === null)];
}

/** Any answer of the platform carries its time in whole seconds. */
export function answerOf(platform: Platform, status: number, body: string): HttpAnswer {
  const headers = new Headers({ date: new Date(platform.now()).toUTCString() });
  if (status === 429 && platform.traits.retryAfter !== 'none') {
    const seconds = 1 + (platform.now() % 3);
    const date = new Date(platform.now() + 1000 * seconds).toUTCString();
    headers.set('retry-after', platform.traits.retryAfter === 'date' ? date : String(seconds));
  }
  return { status, headers, body };
}

function serveTree(platform: Platform, roots: readonly Json[], url: URL): HttpAnswer {
  const beyond = pageOf(url) > 1 && !platform.traits.treeIgnoresPage;
  const answer = answerOf(platform, 200, JSON.stringify(beyond ? [] : roots));
  if (platform.traits.treeIgnoresPage) return answer;
  const paging = { total: roots.length, places: roots.length, page: pageOf(url), per: PER_PAGE };
  addPaging(platform, answer.headers, url, paging);
  return answer;
}

interface Paging {
  readonly total: number;
  readonly places: number;
  readonly page: number;
  readonly per: number;
}

function addPaging(
  { traits, quirks }: Platform,
  headers: Headers,
  url: URL,
  { total, places, page, per }: Paging,
): void {
  headers.set('per-page', String(per));
  if (traits.total) headers.set('total', String(total));
  // without a Link nothing would say that more follows an empty page
  if (!traits.link && !hasDeletedPlaces(quirks.quirks)) return;
  const pages = Math.max(1, Math.ceil(places / per));
  const at = (number: number) => {
    const link = new URL(url);
    link.searchParams.set('page', String(number));
    return link.href;
  };
  const next = page < pages ? `<${at(page + 1)}>; rel="next", ` : '';
  headers.set('link', `${next}<${at(pages)}>; rel="last"`);
}

const pageOf = (url: URL) => Math.max(1, Number(url.searchParams.get('page') ?? 1));
