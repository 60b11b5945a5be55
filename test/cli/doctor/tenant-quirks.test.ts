import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { listPaths } from '../../../catalog/index.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import { examineTenant } from '../../../cli/doctor/tenant-checks.ts';
import { serve } from '../../../simulator/api-server.ts';
import { type QuirkName, Quirks } from '../../../simulator/quirks.ts';
import { simulate } from '../../../simulator/simulation.ts';
import { knowsNothing } from '../../support/command-line.ts';
import { close, type Habits, listen, Platform, type Row } from '../../support/fake-platform.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of closers.splice(0)) await end();
});

const examine = (baseUrl: string, now = () => NOW): Promise<Finding[]> =>
  examineTenant({
    baseUrl: new URL(baseUrl),
    credential: { username: 'acme', password: 'a-secret-token' },
    rate: 1000,
    effects: { fetch, now, lookUp: knowsNothing, sleep: async () => undefined },
  });

const at = (minute: number) => new Date(NOW - 86_400_000 + minute * 60_000).toISOString();
const call = (id: unknown, minute: number, changes: Row = {}): Row => ({
  id,
  created_at: at(minute),
  updated_at: at(minute),
  ...changes,
});
const calls = (count: number) => Array.from({ length: count }, (_, index) => call(index + 1, index));
const agents = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));

type Change = (url: URL, body: string, headers: Record<string, string>, response: ServerResponse) => string | undefined;

/** Findings that are not ok, on a platform that alters its answers. */
async function findingsOn(rows: Record<string, Row[]>, change: Change, habits: Partial<Habits> = {}) {
  const platform = new Platform(() => NOW, habits);
  for (const [path, list] of Object.entries(rows)) platform.collections.set(path, list);
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const { body, headers } = platform.answer(url);
    const changed = change(url, body, headers, response);
    if (response.writableEnded) return;
    response.sendDate = false;
    response.writeHead(response.statusCode, headers).end(changed ?? body);
  });
  closers.push(() => close(server));
  const findings = await examine(`${await listen(server)}/manager/api/v1`);
  return { findings: findings.filter(({ state }) => state !== 'ok'), requests: platform.requests };
}

const isPage = (url: URL, path: string, page?: number) =>
  url.pathname.endsWith(path) && (page === undefined || url.searchParams.get('page') === String(page));
const unchanged: Change = () => undefined;

it('a platform that does what the reference says shows no quirk, in at most seven requests to a collection', async () => {
  const { findings, requests } = await findingsOn(
    { '/calls': calls(450), '/agents': agents(450), '/teams': [] },
    unchanged,
  );
  expect(findings).toEqual([]);
  const byPath = Map.groupBy(requests, ({ pathname }) => pathname);
  for (const [path, { length }] of byPath) expect(length).toBeLessThanOrEqual(path.endsWith('/calls') ? 7 : 5);
  expect(requests.length).toBeLessThanOrEqual(listPaths().length * 2 + 2 * 2 + 3 * 2);
});

describe('a platform is found to', () => {
  const cases: [
    quirk: string,
    state: Finding['state'],
    found: RegExp,
    Record<string, Row[]>,
    Change,
    Partial<Habits>?,
  ][] = [
    [
      'total-of-page',
      'note',
      /Total is 100 on page 1, 100 on page 2, .*counts the page only/,
      { '/calls': calls(450) },
      (_url, body, headers) => {
        headers.total = String(JSON.parse(body).length);
        return undefined;
      },
    ],
    [
      'total-contradicts',
      'note',
      /Total is 140, but page 2 ends with record 137/,
      { '/agents': agents(137) },
      (url, _body, headers) => {
        if (isPage(url, '/agents')) headers.total = '140';
        return undefined;
      },
    ],
    [
      'total-contradicts',
      'note',
      /Total is 350, but page 5 ends with record 450/,
      { '/agents': agents(450) },
      (url, _body, headers) => {
        if (isPage(url, '/agents')) headers.total = '350';
        return undefined;
      },
    ],
    ['total-missing', 'note', /^missing from (\d+) of \1 answers$/, {}, unchanged, { total: false }],
    ['per-page-missing', 'note', /^missing from (\d+) of \1 answers$/, {}, unchanged, { total: false }],
    ['link-missing', 'note', /^missing from (\d+) of \1 answers$/, {}, unchanged, { link: false }],
    ['per-page-capped', 'note', /gives 50 \(Per-Page\)/, { '/calls': calls(120) }, unchanged, { pageSize: 50 }],
    [
      'short-pages',
      'note',
      /page 1 has 99 of the 100 rows/,
      { '/calls': calls(250) },
      (url, body) => (isPage(url, '/calls') ? JSON.stringify(JSON.parse(body).slice(1)) : undefined),
    ],
    [
      'deep-pages-refused',
      'note',
      /page 5 is refused \(400\)/,
      { '/calls': calls(450) },
      (url, _body, _headers, response) => {
        if (!isPage(url, '/calls', 5)) return undefined;
        response.statusCode = 400;
        return '{}';
      },
    ],
    [
      'deep-pages-refused',
      'wrong',
      /page 2 is refused \(422\)/,
      { '/agents': agents(450) },
      (url, _body, _headers, response) => {
        if (!isPage(url, '/agents', 2)) return undefined;
        response.statusCode = 422;
        return '{}';
      },
    ],
    [
      'empty-page-with-next',
      'note',
      /page 2 is empty, and its Link names a next one/,
      { '/agents': agents(250) },
      (url) => (isPage(url, '/agents', 2) ? '[]' : undefined),
    ],
    [
      'page-ignored',
      'wrong',
      /page 2 has the same 100 rows/,
      { '/agents': agents(250) },
      unchanged,
      { heedsPage: false },
    ],
    [
      'no-content',
      'note',
      /page 1 is answered with 204/,
      {},
      (url, _body, _headers, response) => {
        if (!isPage(url, '/chats')) return undefined;
        response.statusCode = 204;
        return '';
      },
    ],
    [
      'error-as-200',
      'note',
      /page 2 is answered with 200 and a JSON object/,
      { '/agents': agents(250) },
      (url) => (isPage(url, '/agents', 2) ? '{"error":"internal"}' : undefined),
    ],
    [
      'not-json',
      'note',
      /page 2 is answered with broken JSON/,
      { '/agents': agents(250) },
      (url) => (isPage(url, '/agents', 2) ? '[{"id":"a\nb"}]' : undefined),
    ],
    [
      'server-error',
      'note',
      /page 2 is answered with 502/,
      { '/agents': agents(250) },
      (url, _body, _headers, response) => {
        if (isPage(url, '/agents', 2)) response.statusCode = 502;
        return undefined;
      },
    ],
    [
      'answer-too-large',
      'note',
      /page 1 has more than 10 MB/,
      { '/agents': agents(120) },
      (url, body) =>
        isPage(url, '/agents') && url.searchParams.get('per') === '100'
          ? `${body}${' '.repeat(10_000_000)}`
          : undefined,
    ],
    [
      'to-ignored',
      'note',
      /\d+ records from after updated_at\[to\]/,
      { '/calls': calls(250) },
      unchanged,
      { heedsTo: false },
    ],
    [
      'from-ignored',
      'wrong',
      /\d+ records? from before updated_at\[from\]/,
      { '/calls': calls(5) },
      (url) => (isPage(url, '/calls') ? JSON.stringify(calls(5)) : undefined),
    ],
    [
      'time-formats',
      'note',
      /YYYY-MM-DDThh:mm:ss.ffffffZ \(1\), YYYY-MM-DDThh:mm:ss\+0000 \(1\)/,
      {
        '/calls': [
          call(1, 1, { ended_at: '2026-03-01T10:00:00.123456Z' }),
          call(2, 2, { ended_at: '2026-03-01T10:00:00+0000' }),
        ],
      },
      unchanged,
    ],
    [
      'time-unreadable',
      'warning',
      /YYYY-MM-DDThh:mm:ss without a zone \(1\), DD\/MM\/YYYY \(1\), 10 digits \(1\)/,
      {
        '/calls': [
          call(1, 1, { ended_at: '2026-03-01T10:00:00' }),
          call(2, 2, { ended_at: '03/12/2025 10:00:00', transfers: [{ created_at: '1772000000' }] }),
        ],
      },
      unchanged,
    ],
    ['id-as-text', 'note', /1 of 2 records have an id as text/, { '/calls': [call('1', 1), call(2, 2)] }, unchanged],
    [
      'repeated-keys',
      'note',
      /1 record of 1 with a repeated key \(p.name, status\)/,
      {},
      (url) =>
        isPage(url, '/calls', 1) && !url.searchParams.get('updated_at[from]')?.startsWith('2026-03-02')
          ? JSON.stringify([call(1, 1, { p: {} })])
              .replace('{}', '{"name":1,"name":2}')
              .replace('"id":1', '"id":1,"status":"a","status":"b"')
          : undefined,
    ],
    [
      'long-numbers',
      'note',
      /1 number beyond 2\^53/,
      {},
      (url) => (isPage(url, '/agents', 1) ? '[{"id":1,"external":90071992547409931234}]' : undefined),
    ],
    [
      'large-records',
      'note',
      /1 record of more than 400 kB, the largest with 500 kB/,
      { '/agents': [{ id: 1, note: 'x'.repeat(500_000) }] },
      unchanged,
    ],
    [
      'deep-records',
      'warning',
      /1 record: objects and arrays are nested deeper than 200 levels/,
      {},
      (url) => (isPage(url, '/agents', 1) ? `[{"id":1,"a":${'['.repeat(300)}${']'.repeat(300)}}]` : undefined),
    ],
    [
      'future-records',
      'note',
      /1 record with updated_at in the future, up to 2026-03-03T12:00:00/,
      { '/calls': [call(1, 1), call(2, 2 * 1440)] },
      unchanged,
    ],
    [
      'long-open',
      'note',
      /1 of 2 records without ended_at for more than 24 h, since 2026-02-27/,
      {
        '/agent_activity_logs': [
          { id: 1, started_at: '2026-02-27T00:00:00Z', ended_at: null },
          { id: 2, started_at: '2026-03-02T11:00:00Z', ended_at: null },
        ],
      },
      unchanged,
    ],
    [
      'date-missing',
      'note',
      /^missing from (\d+) of \1 answers$/,
      {},
      (_url, _body, headers) => {
        delete headers.date;
        return undefined;
      },
    ],
    [
      'clock-apart',
      'warning',
      /^(\d+) of \1 answers have a Date up to 360[01] s ahead of this machine$/,
      {},
      (_url, _body, headers) => {
        headers.date = new Date(NOW + 3_600_000).toUTCString();
        return undefined;
      },
    ],
    [
      'collection-refused',
      'wrong',
      /^this tenant has no \/chats \(404\)$/,
      {},
      (url, _body, _headers, response) => {
        if (isPage(url, '/chats')) response.statusCode = 404;
        return undefined;
      },
    ],
  ];

  it.each(cases)('%s (%s)', async (quirk, state, found, rows, change, habits) => {
    const { findings } = await findingsOn(rows, change, habits);
    const named = findings.filter((finding) => finding.quirk === quirk);
    expect(named[0]).toMatchObject({ state, found: expect.stringMatching(found) });
    expect(named[0]?.handling).toMatch(/\w{3}/);
    const others = findings.filter((finding) => finding.quirk !== quirk).map((finding) => finding.quirk);
    expect(others).toEqual(ALSO[quirk] ?? []);
  });
});

/** Quirks that come with another one. */
const ALSO: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'total-missing': ['per-page-missing'],
  'per-page-missing': ['total-missing'],
  // the Total of the altered answers is that of the others
  'empty-page-with-next': ['total-contradicts'],
  'repeated-keys': ['total-contradicts'],
  'long-numbers': ['total-contradicts'],
  // the collection says that a record would be quarantined
  'deep-records': [undefined, 'total-contradicts'],
};

describe('the simulated platform with a quirk', () => {
  const centre = simulate({ seed: 5, start: '2026-03-02T00:00:00.000Z', days: 2, seats: 6, callsPerDay: 200 });

  async function examineWith(names: readonly QuirkName[]): Promise<readonly (string | undefined)[]> {
    const server = await serve(centre, {
      now: () => centre.endMs,
      username: 'acme',
      password: 'a-secret-token',
      requestsPerSecond: null,
      emptyCollections: listPaths(),
      quirks: new Quirks(names, 3, { deepest: 200, huge: 450_000 }),
    });
    closers.push(() => server.close());
    const findings = await examine(server.url, () => centre.endMs);
    return [...new Set(findings.filter(({ state }) => state !== 'ok').map(({ quirk, found }) => quirk ?? found))];
  }

  it('shows none without quirks', async () => {
    expect(await examineWith([])).toEqual([]);
  });

  it.each<[QuirkName, string]>([
    ['total-off', 'total-contradicts'],
    ['total-missing', 'total-missing'],
    ['link-only', 'per-page-missing'],
    ['link-missing', 'link-missing'],
    ['deep-pages-refused', 'deep-pages-refused'],
    ['odd-timestamps', 'time-formats'],
    ['odd-timestamps', 'time-unreadable'],
    ['no-content', 'no-content'],
    ['type-drift', 'id-as-text'],
    ['never-closed', 'long-open'],
    ['duplicate-keys', 'repeated-keys'],
    ['huge-records', 'large-records'],
    ['error-as-200', 'error-as-200'],
  ])('%s is found to have %s', async (name, quirk) => {
    expect(await examineWith([name])).toContain(quirk);
  });
});
