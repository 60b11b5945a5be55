import { AnswerQuirks, type Spoiled } from './answer-quirks.ts';
import { BadRequest, parseQuery, type Query, select, selectAll } from './collection-query.ts';
import { type Collection, type Collections, findCollection } from './collections.ts';
import { type Listing, Snapshot } from './column.ts';
import { hasDeletedPlaces, layOutPlaces } from './page-places.ts';
import type { Quirks } from './quirks.ts';
import type { Simulation } from './simulation.ts';

/** What the API answers, before any fault. */
export interface Answer {
  readonly status: number;
  /** UTF-8. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A page of a listing. Places are the records, and deleted ones that still have theirs. */
interface Selected {
  readonly positions: readonly number[];
  readonly total: number;
  readonly places: number;
}

/** What is wrong with a platform. */
interface Wrong {
  readonly quirks: Quirks;
  readonly collections: Collections;
  readonly answers: AnswerQuirks;
}

/** The Manager API over a simulation: paths and queries in, JSON out. */
export class Api {
  readonly #simulation: Simulation;
  readonly #wrong: Wrong | undefined;
  readonly #headers: 'all' | 'no-link' | 'none';
  readonly #emptyCollections: readonly string[];

  constructor(
    simulation: Simulation,
    headers: 'all' | 'no-link' | 'none',
    /** Paths such as `/shifts` that are there and empty unless the simulated centre fills them. */
    emptyCollections: readonly string[] = [],
    /** What the platform does wrong. @default - nothing */
    quirks?: Quirks,
  ) {
    this.#simulation = simulation;
    this.#wrong = quirks && {
      quirks,
      collections: simulation.collections(quirks),
      answers: new AnswerQuirks(quirks),
    };
    this.#headers = headers;
    this.#emptyCollections = emptyCollections;
  }

  /** Answers a GET. `path` is below the prefix, `base` is the absolute URL of the prefix, `at` a virtual time. */
  answer(path: string, parameters: URLSearchParams, base: string, at: number): Answer {
    const answer = this.#answer(path, parameters, base, at);
    return this.#wrong && answer.status === 200 ? this.#wrong.answers.any(answer, at) : answer;
  }

  #answer(path: string, parameters: URLSearchParams, base: string, at: number): Answer {
    try {
      const listing = this.#listing(path, at);
      if (listing) return this.#list(listing, parameters, { path, url: `${base}/${path}` });
      if (path === 'settings/organization') return answerJson(200, { name: 'Simulated contact centre', id: 1 });
      const [, parent, id] = /^(agents|calls|chats|teams)\/(-?\d+)$/.exec(path) ?? [];
      const owner = findCollection(parent ?? '');
      return owner
        ? this.#one(owner, Number(id), at)
        : answerJson(404, answerProblem('not_found', 'resource not found'));
    } catch (error) {
      if (error instanceof BadRequest) return answerJson(400, answerProblem('bad_request', error.message));
      throw error;
    }
  }

  #listing(path: string, at: number): Listing | undefined {
    const collection = findCollection(path);
    if (collection) return (this.#wrong?.collections ?? this.#simulation).listing(collection, at);
    return this.#emptyCollections.includes(`/${path}`) ? new Snapshot([]) : undefined;
  }

  #one(collection: Collection, id: number, at: number): Answer {
    const listing = (this.#wrong?.collections ?? this.#simulation).listing(collection, at);
    const ids = Array.from(listing.column('id').keys);
    const position = ids.indexOf(id);
    if (position >= 0) return { status: 200, body: Buffer.from(listing.bytes(position)), headers: {} };
    return answerJson(404, answerProblem('not_found', 'resource not found'));
  }

  #list(listing: Listing, parameters: URLSearchParams, { path, url }: { path: string; url: string }): Answer {
    const query = parseQuery(parameters);
    const selected = this.#select(listing, query, path);
    const body = page(listing, selected.positions);
    const hasMore = query.page * query.per < selected.places;
    const answer = { status: 200, body, headers: this.#paging(selected, query, parameters, url) };
    if (this.#wrong === undefined) return answer;
    const { keys } = listing.column('id');
    const ids = selected.positions.map((position) => Number(keys[position]));
    return this.#wrong.answers.list(answer, { page: query.page, per: query.per, ids, hasMore }, this.#spoiled(path));
  }

  #select(listing: Listing, query: Query, path: string): Selected {
    if (this.#wrong === undefined || !hasDeletedPlaces(this.#wrong.quirks)) {
      const { positions, total } = select(listing, query);
      return { positions, total, places: total };
    }
    const all = selectAll(listing, query);
    const { keys } = listing.column('id');
    const ids = all.map((position) => Number(keys[position]));
    const places = layOutPlaces(this.#wrong.quirks, ids, this.#pick('empty-pages', path));
    const onPage = places.slice((query.page - 1) * query.per, query.page * query.per);
    const positions = onPage.flatMap((rank) => (rank === null ? [] : (all[rank] ?? [])));
    return { positions, total: all.length, places: places.length };
  }

  #paging({ total, places }: Selected, { page, per }: Query, parameters: URLSearchParams, url: string) {
    const headers: Record<string, string> = {};
    if (this.#headers === 'none') return headers;
    Object.assign(headers, { Total: String(total), 'Per-Page': String(per) });
    if (this.#headers === 'no-link') return headers;
    const last = Math.max(1, Math.ceil(places / per));
    const link = (number: number, rel: string) => {
      const next = new URLSearchParams(parameters);
      next.set('page', String(number));
      next.set('per', String(per));
      return `<${url}?${next}>; rel="${rel}"`;
    };
    const links = [link(last, 'last')];
    if (page < last) links.unshift(link(page + 1, 'next'));
    headers.Link = links.join(', ');
    return headers;
  }

  #spoiled(path: string): Spoiled {
    const [poison, broken] = [this.#pick('poison-record', path), this.#pick('broken-json', path)];
    return { isPoison: (id) => id === poison, isBroken: (id) => id === broken };
  }

  /** The record of a collection that a quirk is about. */
  #pick(name: 'poison-record' | 'broken-json' | 'empty-pages', path: string): number | undefined {
    const collection = findCollection(path);
    return collection && this.#wrong?.collections.pick(name, collection);
  }
}

/** The shape of errors that clients of this API expect. */
export function answerProblem(error: string, message: string): { error: string; message: string } {
  return { error, message };
}

export function answerJson(status: number, body: unknown): Answer {
  return { status, body: Buffer.from(JSON.stringify(body)), headers: {} };
}

const OPEN = Buffer.from('[');
const COMMA = Buffer.from(',');
const CLOSE = Buffer.from(']');

/** Pages kept per collection: enough for one walk over all calls of a fortnight. */
const KEPT_PAGES = 120;

/** The page with these records, kept until the collection changes. */
function page(listing: Listing, positions: readonly number[]): Buffer {
  const key = positions.join();
  const known = listing.pages.get(key);
  if (known) return known;
  const body = array(positions.map((position) => listing.bytes(position)));
  if (listing.pages.size >= KEPT_PAGES) listing.pages.clear();
  listing.pages.set(key, body);
  return body;
}

/** A JSON array of records that are serialised already. */
function array(records: readonly Uint8Array[]): Buffer {
  return Buffer.concat([
    OPEN,
    ...records.flatMap((record, index) => (index === 0 ? [record] : [COMMA, record])),
    CLOSE,
  ]);
}
