import { type Column, compareKeys, type Key, type Listing, toKey } from './column.ts';

/** The request is invalid: it is answered with 400 and the reason. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

interface Range {
  from?: Key;
  to?: Key;
}

/** A query of a collection. */
export interface Query {
  readonly page: number;
  readonly per: number;
  readonly sort: string;
  readonly descending: boolean;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A larger `per` is silently reduced to this. */
export const MAX_PAGE = 100;

function positive(name: string, text: string | null, standard: number): number {
  if (text === null) return standard;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw new BadRequest(`${name} must be a whole number from 1`);
  return Number(text);
}

function bound(name: string, text: string): Key {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  // A plus that was not encoded arrives as a space.
  const key = toKey(text.replace(' ', '+'));
  const date = typeof key === 'string' && /^\d{4}-\d\d-\d\d$/.test(key) ? Date.parse(key) : key;
  if (typeof date !== 'number' || Number.isNaN(date)) throw new BadRequest(`${name} must be an ISO 8601 timestamp`);
  return date;
}

/** Reads a query string; unknown plain parameters are ignored, as the API does. */
export function parseQuery(parameters: URLSearchParams): Query {
  const ranges = new Map<string, Range>();
  const lists = new Map<string, Set<string>>();
  for (const [name, value] of parameters) {
    const [, field = '', inside = ''] = /^(\w+)\[(\w*)\]$/.exec(name) ?? [];
    if (field === '') continue;
    if (inside === '') lists.set(field, (lists.get(field) ?? new Set()).add(value));
    else if (inside === 'from' || inside === 'to') {
      ranges.set(field, { ...ranges.get(field), [inside]: bound(name, value) });
    } else throw new BadRequest(`${name} is no filter: use [from], [to] or []`);
  }
  const direction = (parameters.get('sort_direction') ?? 'ASC').toUpperCase();
  if (direction !== 'ASC' && direction !== 'DESC') throw new BadRequest('sort_direction must be ASC or DESC');
  return {
    page: positive('page', parameters.get('page'), 1),
    per: Math.min(MAX_PAGE, positive('per', parameters.get('per'), MAX_PAGE)),
    sort: parameters.get('sort_column') ?? 'id',
    descending: direction === 'DESC',
    ranges,
    lists,
  };
}

function columnFor(listing: Listing, name: string): Column {
  const column = listing.column(name);
  if (!column.known && listing.size > 0) throw new BadRequest(`unknown field ${name}`);
  return column;
}

/** First place in the order whose key is not below (or, with `after`, is above) a bound. */
function place(column: Column, key: Key, after: boolean): number {
  let low = 0;
  let high = column.order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const compared = compareKeys(column.keys[column.order[middle] ?? 0] ?? null, key);
    if (compared < 0 || (after && compared === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const withKey = (column: Column) => place(column, null, false);

function matches(listing: Listing, query: Query): readonly number[] {
  const tests: ((position: number) => boolean)[] = [];
  for (const [name, range] of query.ranges) {
    const { keys } = columnFor(listing, name);
    tests.push((position) => {
      const key = keys[position] ?? null;
      if (key === null) return false;
      const { from = key, to = key } = range;
      return compareKeys(key, from) >= 0 && compareKeys(key, to) <= 0;
    });
  }
  for (const [name, values] of query.lists) tests.push(listTest(listing, name, values));
  return columnFor(listing, query.sort).order.filter((position) => tests.every((test) => test(position)));
}

/** `id[]=1&id[]=2`; `status_id[]` looks into the status object. */
function listTest(listing: Listing, name: string, values: ReadonlySet<string>): (position: number) => boolean {
  return (position) => {
    const record = listing.record(position);
    const nested: unknown = name.endsWith('_id') && !(name in record) ? record[name.slice(0, -3)] : undefined;
    const value = typeof nested === 'object' && nested !== null && 'id' in nested ? nested.id : record[name];
    return values.has(String(value));
  };
}

/** The positions of one page, and how many records match in all. */
export function select(listing: Listing, query: Query): { positions: readonly number[]; total: number } {
  const { sort, page, per, descending } = query;
  const { order, start, end } = window(listing, query);
  const total = end - start;
  const positions: number[] = [];
  for (let rank = (page - 1) * per; rank < Math.min(total, page * per); rank += 1) {
    const position = order[descending ? end - 1 - rank : start + rank];
    if (position === undefined) throw new RangeError(`no rank ${rank} by ${sort}`);
    positions.push(position);
  }
  return { positions, total };
}

/** The positions of all records that match, in the order of the query. */
export function selectAll(listing: Listing, query: Query): readonly number[] {
  const { order, start, end } = window(listing, query);
  const positions = order.slice(start, end);
  return query.descending ? positions.reverse() : positions;
}

/** The part of an order that matches: found by bisection where only the sorted field is filtered. */
function window(listing: Listing, query: Query): { order: readonly number[]; start: number; end: number } {
  const range = query.ranges.get(query.sort);
  if (query.lists.size === 0 && query.ranges.size === (range ? 1 : 0)) {
    const column = columnFor(listing, query.sort);
    const start = range?.from === undefined ? 0 : place(column, range.from, false);
    const end =
      range === undefined
        ? column.order.length
        : range.to === undefined
          ? withKey(column)
          : place(column, range.to, true);
    return { order: column.order, start, end: Math.max(start, end) };
  }
  if (query.lists.size === 0 && query.ranges.size === 0) {
    const { order } = columnFor(listing, query.sort);
    return { order, start: 0, end: order.length };
  }
  const signature = JSON.stringify([
    query.sort,
    [...query.ranges],
    [...query.lists].map(([name, set]) => [name, ...set]),
  ]);
  const order = listing.memo.get(signature) ?? matches(listing, query);
  if (listing.memo.size > 30) listing.memo.clear();
  listing.memo.set(signature, order);
  return { order, start: 0, end: order.length };
}
