import { BadRequest, parseQuery, select } from './collection-query.ts';
import { type Collection, findCollection } from './collections.ts';
import { type Listing, Snapshot } from './column.ts';
import type { Simulation } from './simulation.ts';

/** What the API answers, before any fault. */
export interface Answer {
  readonly status: number;
  /** UTF-8. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The Manager API over a simulation: paths and queries in, JSON out. */
export class Api {
  readonly #simulation: Simulation;
  readonly #headers: 'all' | 'no-link' | 'none';
  readonly #emptyCollections: readonly string[];

  constructor(
    simulation: Simulation,
    headers: 'all' | 'no-link' | 'none',
    /** Paths such as `/shifts` that are there and empty unless the simulated centre fills them. */
    emptyCollections: readonly string[] = [],
  ) {
    this.#simulation = simulation;
    this.#headers = headers;
    this.#emptyCollections = emptyCollections;
  }

  /** Answers a GET. `path` is below the prefix, `base` is the absolute URL of the prefix, `at` a virtual time. */
  answer(path: string, parameters: URLSearchParams, base: string, at: number): Answer {
    try {
      const listing = this.#listing(path, at);
      if (listing) return this.#list(listing, parameters, `${base}/${path}`);
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
    if (collection) return this.#simulation.listing(collection, at);
    return this.#emptyCollections.includes(`/${path}`) ? new Snapshot([]) : undefined;
  }

  #one(collection: Collection, id: number, at: number): Answer {
    const listing = this.#simulation.listing(collection, at);
    const ids = Array.from(listing.column('id').keys);
    const position = ids.indexOf(id);
    if (position >= 0) return { status: 200, body: Buffer.from(listing.bytes(position)), headers: {} };
    return answerJson(404, answerProblem('not_found', 'resource not found'));
  }

  #list(listing: Listing, parameters: URLSearchParams, url: string): Answer {
    const query = parseQuery(parameters);
    const { positions, total } = select(listing, query);
    const body = page(listing, positions);
    if (this.#headers === 'none') return { status: 200, body, headers: {} };
    const headers: Record<string, string> = { Total: String(total), 'Per-Page': String(query.per) };
    if (this.#headers === 'all') {
      const last = Math.max(1, Math.ceil(total / query.per));
      const link = (page: number, rel: string) => {
        const next = new URLSearchParams(parameters);
        next.set('page', String(page));
        next.set('per', String(query.per));
        return `<${url}?${next}>; rel="${rel}"`;
      };
      const links = [link(last, 'last')];
      if (query.page < last) links.unshift(link(query.page + 1, 'next'));
      headers.Link = links.join(', ');
    }
    return { status: 200, body, headers };
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
