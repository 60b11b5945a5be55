import type { Collection, Json, Row } from './chaos-collection.ts';
import type { Platform } from './chaos-platform.ts';

/** The API never gives more, whatever is asked. */
const PER_PAGE = 100;

const PREFIX = '/manager/api/v1';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
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
  const rows = collection.page(range, page, per);
  const answer = answerOf(platform, 200, `[${rows.map(({ text }) => text).join(',')}]`);
  addPaging(platform, answer.headers, url, range.length, page, per);
  return { answer, served: { collection, range, page } };
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
  if (!platform.traits.treeIgnoresPage) addPaging(platform, answer.headers, url, roots.length, pageOf(url), PER_PAGE);
  return answer;
}

function addPaging({ traits }: Platform, headers: Headers, url: URL, total: number, page: number, per: number): void {
  headers.set('per-page', String(per));
  if (traits.total) headers.set('total', String(total));
  if (!traits.link) return;
  const pages = Math.max(1, Math.ceil(total / per));
  const at = (number: number) => {
    const link = new URL(url);
    link.searchParams.set('page', String(number));
    return link.href;
  };
  const next = page < pages ? `<${at(page + 1)}>; rel="next", ` : '';
  headers.set('link', `${next}<${at(pages)}>; rel="last"`);
}

const pageOf = (url: URL) => Math.max(1, Number(url.searchParams.get('page') ?? 1));
