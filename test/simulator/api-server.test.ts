import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type ServerOptions, type SimulatorServer, serve } from '../../simulator/api-server.ts';
import { simulate } from '../../simulator/simulation.ts';
import { VirtualTime } from '../support/virtual-time.ts';

// biome-ignore lint/suspicious/noExplicitAny: records are the API's loose JSON
type Loose = any;

const HOUR = 3_600_000;
const centre = simulate({ seed: 11, days: 2, seats: 20 });
const later = centre.endMs + 5 * 24 * HOUR;
const running: SimulatorServer[] = [];

async function start(options: Partial<ServerOptions> = {}): Promise<SimulatorServer> {
  const server = await serve(centre, { now: () => later, requestsPerSecond: null, ...options });
  running.push(server);
  return server;
}

const basic = (username: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

async function get(server: SimulatorServer, path: string) {
  const response = await fetch(server.url + path, { headers: basic('simulator', 'simulator') });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, rows: parse(text) };
}

function parse(text: string): Loose {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

describe('access', () => {
  it('answers with records only to the right credentials', async () => {
    const server = await start({ username: 'acme', password: 'secret' });
    for (const headers of [{}, basic('acme', 'wrong'), basic('simulator', 'simulator')]) {
      const refused = await fetch(`${server.url}/calls`, { headers });
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: 'unauthorized' });
    }
    const probe = await fetch(`${server.url}/settings/organization`, { headers: basic('acme', 'secret') });
    expect(probe.status).toBe(200);
  });

  it('sends the virtual time in the Date header', async () => {
    let now = centre.startMs + 10 * HOUR;
    const server = await start({ now: () => now });
    expect((await get(server, '/calls')).headers.get('date')).toBe('Mon, 02 Nov 2026 10:00:00 GMT');
    now += 90_000;
    expect((await get(server, '/nowhere')).headers.get('date')).toBe('Mon, 02 Nov 2026 10:01:30 GMT');
  });

  it('has empty collections in addition to those of the centre, if requested', async () => {
    const server = await start({ emptyCollections: ['/shifts', '/calls'] });
    const shifts = await get(server, '/shifts?sort_column=starts_at&starts_at[from]=2026-01-01T00:00:00Z');
    expect([shifts.status, shifts.rows, shifts.headers.get('total')]).toEqual([200, [], '0']);
    expect((await get(server, '/calls')).rows.length).toBeGreaterThan(0);
    expect((await get(server, '/sites')).status).toBe(404);
  });

  it('answers 404 and 400 with a reason as JSON', async () => {
    const server = await start({ prefix: '/api' });
    for (const path of ['/nowhere', '/calls/1', '/teams/tree/1']) {
      const missing = await get(server, path);
      expect(missing.status, path).toBe(404);
      expect(missing.rows).toMatchObject({ error: 'not_found' });
    }
    const outside = await fetch(`${server.origin}/manager/api/v1/calls`, { headers: basic('simulator', 'simulator') });
    expect(outside.status).toBe(404);
    for (const query of [
      'page=0',
      'per=x',
      'sort_direction=UP',
      'sort_column=nonsense',
      'updated_at[from]=yesterday',
      'nonsense[from]=2026-01-01T00:00:00Z',
      'updated_at[after]=1',
    ]) {
      const bad = await get(server, `/calls?${query}`);
      expect(bad.status, query).toBe(400);
      expect(bad.rows.message).toBeTruthy();
    }
  });

  it('returns single records', async () => {
    const server = await start();
    for (const path of ['/calls/1000', '/chats/1000', '/agents/501', '/teams/10']) {
      const { status, rows } = await get(server, path);
      expect(status, path).toBe(200);
      expect(rows.id).toBe(Number(path.split('/')[2]));
    }
  });
});

describe('pages', () => {
  it('never returns more than 100 records, whatever is requested', async () => {
    const server = await start();
    for (const query of ['', '?per=200', '?per=100']) {
      const page = await get(server, `/calls${query}`);
      expect(page.rows).toHaveLength(100);
      expect(page.headers.get('per-page')).toBe('100');
    }
    expect((await get(server, '/calls?per=7')).rows).toHaveLength(7);
    expect((await get(server, '/calls?page=9999')).rows).toEqual([]);
  });

  it('serves exactly the records of the collections, page by page along the links', async () => {
    const server = await start();
    for (const collection of [
      'calls',
      'chats',
      'agents',
      'teams',
      'teams/tree',
      'menus',
      'menus/tree',
      'user_statuses',
    ] as const) {
      const records = centre.records(collection, later);
      const rows: Loose[] = [];
      let path: string | undefined = `/${collection}?per=90`;
      while (path) {
        const page = await get(server, path);
        expect(page.headers.get('total')).toBe(String(records.length));
        rows.push(...page.rows);
        const [, next] = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '') ?? [];
        path = next?.slice(server.url.length);
      }
      expect(rows, collection).toEqual(JSON.parse(JSON.stringify(records)));
    }
  });

  it('keeps filters in absolute links and names the last page', async () => {
    const server = await start();
    const page = await get(server, '/calls?updated_at%5Bfrom%5D=2026-11-02T00:00:00Z&sort_column=updated_at&per=50');
    const link = page.headers.get('link') ?? '';
    const pages = Math.ceil(Number(page.headers.get('total')) / 50);
    const [next, last] = link.split(', ').map((one) => new URL(one.slice(1, one.indexOf('>'))));
    expect(link).toMatch(/^<http:\/\/127.0.0.1:\d+\/manager\/api\/v1\/calls\?.*>; rel="next", <.*>; rel="last"$/);
    expect(next?.searchParams.get('updated_at[from]')).toBe('2026-11-02T00:00:00Z');
    expect(next?.searchParams.get('page')).toBe('2');
    expect(last?.searchParams.get('page')).toBe(String(pages));
    expect((await get(server, `/calls?per=50&page=${pages}`)).headers.get('link')).not.toContain('rel="next"');
  });

  it.each([
    ['all', true, true],
    ['no-link', false, true],
    ['none', false, false],
  ] as const)('can leave paging headers out: %s', async (headers, link, total) => {
    const page = await get(await start({ headers }), '/calls');
    expect(page.headers.has('link')).toBe(link);
    expect(page.headers.has('total')).toBe(total);
    expect(page.headers.has('per-page')).toBe(total);
  });
});

describe('filters and order', () => {
  const instants = (rows: Loose[], field: string) => rows.map((row) => Date.parse(row[field]));

  it('filters inclusively at both ends, with raw and with encoded brackets', async () => {
    const server = await start();
    const sorted = [...(centre.records('calls', later) as Loose[])].sort(
      (a, b) => Date.parse(a.updated_at) - Date.parse(b.updated_at) || a.id - b.id,
    );
    const [from, to] = [sorted[100].updated_at, sorted[160].updated_at].map(encodeURIComponent);
    for (const query of [
      `updated_at[from]=${from}&updated_at[to]=${to}`,
      `updated_at%5Bfrom%5D=${from}&updated_at%5Bto%5D=${to}`,
    ]) {
      const page = await get(server, `/calls?${query}&sort_column=updated_at&sort_direction=asc`);
      expect(page.rows.map((row: Loose) => row.id)).toEqual(sorted.slice(100, 161).map((row) => row.id));
      expect(page.headers.get('total')).toBe('61');
    }
  });

  it('filters on fields that it is not sorted by, and drops records without a value', async () => {
    const server = await start({ now: () => centre.startMs + 30 * HOUR });
    const from = centre.startMs + 12 * HOUR;
    const path = `/agent_activity_logs?ended_at[from]=${new Date(from).toISOString()}&sort_column=started_at&per=100`;
    const page = await get(server, path);
    const expected = (centre.records('agent_activity_logs', centre.startMs + 30 * HOUR) as Loose[]).filter(
      (row) => row.ended_at && Date.parse(row.ended_at) >= from,
    );
    expect(page.headers.get('total')).toBe(String(expected.length));
    expect(page.rows).toEqual(JSON.parse(JSON.stringify(expected.slice(0, 100))));
  });

  it('sorts by any field in both directions, ties by id', async () => {
    const server = await start();
    for (const column of ['updated_at', 'created_at', 'call_duration', 'status']) {
      const walk = async (direction: string) => {
        const rows: Loose[] = [];
        for (let page = 1; page <= 40; page += 1) {
          const { rows: more } = await get(
            server,
            `/calls?sort_column=${column}&sort_direction=${direction}&page=${page}`,
          );
          rows.push(...more);
          if (more.length < 100) break;
        }
        return rows;
      };
      const ascending = await walk('ASC');
      expect(ascending.length).toBe(centre.records('calls', later).length);
      expect((await walk('desc')).map((row) => row.id)).toEqual(ascending.map((row) => row.id).reverse());
      ascending.forEach((row, index) => {
        const next = ascending[index + 1];
        if (next && next[column] === row[column]) expect(next.id).toBeGreaterThan(row.id);
      });
      if (column.endsWith('_at'))
        expect(instants(ascending, column)).toEqual(instants(ascending, column).sort((a, b) => a - b));
    }
  });

  it('filters by lists of ids and statuses', async () => {
    const server = await start();
    expect((await get(server, '/agents?id[]=501&id[]=503&id[]=9')).rows.map((row: Loose) => row.id)).toEqual([
      501, 503,
    ]);
    const offline = (await get(server, '/agents?status_id[]=-10')).rows;
    expect(offline.length).toBeGreaterThan(0);
    expect(new Set(offline.map((row: Loose) => row.status.name))).toEqual(new Set(['Offline']));
    expect((await get(server, '/teams?agents_count[from]=3')).rows.every((row: Loose) => row.agents_count >= 3)).toBe(
      true,
    );
  });
});

describe('a clock that moves', () => {
  it('serves the same records as a fresh simulation, going forward and back', async () => {
    let now = centre.startMs + 9 * HOUR;
    const server = await start({ now: () => now });
    for (const hours of [9, 9.5, 9.50001, 14, 10, 40]) {
      now = centre.startMs + hours * HOUR;
      const fresh = simulate({ seed: 11, days: 2, seats: 20 }).records('calls', now) as Loose[];
      const page = await get(server, '/calls?sort_column=updated_at&sort_direction=DESC');
      const expected = fresh
        .toSorted((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at) || b.id - a.id)
        .slice(0, 100);
      expect(page.rows).toEqual(JSON.parse(JSON.stringify(expected)));
    }
  });
});

describe('limits and faults', () => {
  it.each(['token-bucket', 'sliding-window'] as const)(
    'answers 429 with Retry-After beyond ten requests in a second, counted as a %s',
    async (rateLimit) => {
      const time = new VirtualTime();
      const server = await start({ requestsPerSecond: 10, rateLimit, realTime: time });
      const answers = await Promise.all(Array.from({ length: 25 }, () => get(server, '/user_statuses')));
      const refused = answers.filter((answer) => answer.status === 429);
      expect(refused).toHaveLength(15);
      expect(refused.map(({ headers }) => headers.get('retry-after'))).toEqual(Array(15).fill('1'));
      expect(server.rejected).toBe(15);
      expect(server.requests).toBe(25);
      time.time += 1_001;
      expect((await get(server, '/user_statuses')).status).toBe(200);
    },
  );

  it.each([
    ['rateLimited', (answer: Loose) => answer.status === 429 && answer.headers.get('retry-after') === '1'],
    ['rateLimitedSilently', (answer: Loose) => answer.status === 429 && !answer.headers.has('retry-after')],
    ['serverError', (answer: Loose) => [500, 502, 503].includes(answer.status)],
    ['html', (answer: Loose) => answer.status === 200 && answer.text.startsWith('<html>')],
    ['truncated', (answer: Loose) => answer.status === 200 && answer.text.length > 100 && answer.rows === undefined],
    ['empty', (answer: Loose) => answer.status === 200 && answer.text === ''],
  ] as const)('can answer wrongly: %s', async (fault, wrong) => {
    const server = await start({ faults: { [fault]: 1 } });
    expect(wrong(await get(server, '/calls'))).toBe(true);
    expect(server.rejected).toBe(0);
  });

  it('can drop the connection in the middle of a body', async () => {
    const server = await start({ faults: { dropped: 1 } });
    const outcome = await new Promise((resolve) => {
      const asked = request(`${server.url}/calls`, { headers: basic('simulator', 'simulator') }, (response) => {
        response
          .on('error', () => resolve(response.complete))
          .on('end', () => resolve(response.complete))
          .resume();
      });
      asked.on('error', () => resolve(false)).end();
    });
    expect(outcome).toBe(false);
  });

  it('can be slow', async () => {
    const time = new VirtualTime();
    const server = await start({ faults: { slow: 1, slowMs: 80 }, latencyMs: 20, realTime: time });
    expect((await get(server, '/calls')).status).toBe(200);
    expect(time.sleeps).toEqual([20, 80]);
  });

  it('fails in the same way for the same seed, and only sometimes', async () => {
    const statuses = async (seed: number) => {
      const server = await start({ faults: { seed, serverError: 0.3 } });
      const seen: number[] = [];
      for (let turn = 0; turn < 40; turn += 1) seen.push((await get(server, '/user_statuses')).status);
      return seen;
    };
    const first = await statuses(1);
    expect(await statuses(1)).toEqual(first);
    expect(await statuses(2)).not.toEqual(first);
    expect(first).toContain(200);
    expect(first.some((status) => status >= 500)).toBe(true);
  });
});
