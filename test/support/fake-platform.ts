import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Row = Record<string, unknown>;

/** How a platform pages; tenants differ. */
export interface Habits {
  /** Rows on a page, whatever `per` asks for beyond it. */
  readonly pageSize: number;
  /** Sends `Total` and `Per-Page`. */
  readonly total: boolean;
  /** Sends `Link`. */
  readonly link: boolean;
  /** False: answers page 1 to every `page`. */
  readonly heedsPage: boolean;
  /** False: an end of a range has no effect. */
  readonly heedsTo: boolean;
  /** False: rows come as they are stored. */
  readonly heedsSort: boolean;
}

const USUAL: Habits = { pageSize: 100, total: true, link: true, heedsPage: true, heedsTo: true, heedsSort: true };

/** A platform reduced to what ingestion relies on: collections that are filtered, ordered and given page by page. */
export class Platform {
  readonly habits: Habits;
  /** Rows by path; tests change them at will. */
  readonly collections = new Map<string, Row[]>();
  /** Every request, in order. */
  readonly requests: URL[] = [];
  /** Runs before each request is answered: the moment for rows to move. */
  beforeRequest: (url: URL) => void = () => undefined;
  readonly #now: () => number;

  constructor(now: () => number, habits: Partial<Habits> = {}) {
    this.#now = now;
    this.habits = { ...USUAL, ...habits };
  }

  rows(path: string): Row[] {
    const known = this.collections.get(path);
    if (known !== undefined) return known;
    const rows: Row[] = [];
    this.collections.set(path, rows);
    return rows;
  }

  /** Answers without a network in between. */
  readonly fetch: typeof fetch = async (input) => {
    const { body, headers } = this.answer(new URL(String(input)));
    return new Response(body, { headers });
  };

  answer(url: URL): { body: string; headers: Record<string, string> } {
    this.requests.push(url);
    this.beforeRequest(url);
    const matching = this.#matching(url);
    const per = Math.min(Number(url.searchParams.get('per') ?? 100), this.habits.pageSize);
    const page = this.habits.heedsPage ? Number(url.searchParams.get('page') ?? 1) : 1;
    const rows = matching.slice((page - 1) * per, page * per);
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    const last = page * per >= matching.length;
    return {
      body: JSON.stringify(rows),
      headers: {
        'content-type': 'application/json',
        date: new Date(this.#now()).toUTCString(),
        ...(this.habits.total && { total: String(matching.length), 'per-page': String(per) }),
        ...(this.habits.link && { link: `<${next}>; rel="${last ? 'last' : 'next'}"` }),
      },
    };
  }

  /** Serves the same over HTTP. */
  async listen(): Promise<{ baseUrl: string; close: () => Promise<void> }> {
    const server = createServer((request, response) => {
      const { body, headers } = this.answer(new URL(request.url ?? '/', `http://${request.headers.host}`));
      response.writeHead(200, headers).end(body);
    });
    const origin = await listen(server);
    return { baseUrl: `${origin}/manager/api/v1`, close: () => close(server) };
  }

  #matching(url: URL): Row[] {
    const path = url.pathname.replace('/manager/api/v1', '');
    let rows = [...this.rows(path)];
    for (const [name, value] of url.searchParams) {
      const [, field, side] = /^(\w+)\[(from|to)\]$/.exec(name) ?? [];
      if (field === undefined || (side === 'to' && !this.habits.heedsTo)) continue;
      const bound = Date.parse(value);
      rows = rows.filter((row) => {
        const time = Date.parse(String(row[field]));
        return side === 'from' ? time >= bound : time <= bound;
      });
    }
    const column = url.searchParams.get('sort_column');
    if (column !== null && this.habits.heedsSort) rows.sort(byColumn(column));
    return rows;
  }
}

/** Rows of one value keep the order in which they are stored. */
const byColumn = (column: string) => (a: Row, b: Row) => {
  const [x, y] = [a[column], b[column]];
  if (typeof x === 'number' && typeof y === 'number') return x - y;
  return String(x) < String(y) ? -1 : String(x) > String(y) ? 1 : 0;
};

/** Starts a server on a free port of this machine. @returns its origin */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Ends a server with all its connections. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
