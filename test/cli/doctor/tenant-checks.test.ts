import { afterEach, describe, expect, it } from 'vitest';
import { ENDPOINTS, listPaths } from '../../../catalog/index.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import { examineTenant } from '../../../cli/doctor/tenant-checks.ts';
import { serve } from '../../../simulator/api-server.ts';
import { simulate } from '../../../simulator/simulation.ts';
import { type Answer, rows, serveAnswers, status, text } from '../../support/canned-answers.ts';
import { commandLine, knowsNothing } from '../../support/command-line.ts';
import { Platform } from '../../support/fake-platform.ts';
import { holdRefusingOrigin } from '../../support/refusing-origin.ts';

const NOW = Date.parse('2026-03-02T12:00:00Z');
const PASSWORD = 'a-secret-token';

const PATHS = listPaths();
const COUNT = PATHS.length;
const TAILS = ENDPOINTS.filter(({ source }) => source.kind === 'tail').length;

const sleeps: number[] = [];
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  sleeps.length = 0;
  for (const close of closers.splice(0)) await close();
});

function examine(baseUrl: string, rate = 2, now = () => NOW): Promise<Finding[]> {
  return examineTenant({
    baseUrl: new URL(baseUrl),
    credential: { username: 'acme', password: PASSWORD },
    rate,
    effects: { fetch, now, lookUp: knowsNothing, sleep: async (milliseconds) => void sleeps.push(milliseconds) },
  });
}

/** Findings on a platform that answers everything like this. */
async function examineAnswering(...answers: Answer[]): Promise<{ findings: Finding[]; requests: number }> {
  const server = await serveAnswers(...answers);
  closers.push(server.close);
  const findings = await examine(`${server.origin}/manager/api/v1`);
  return { findings, requests: server.requests.length };
}

async function examinePlatform(habits: ConstructorParameters<typeof Platform>[1], calls: object[] = []) {
  const platform = new Platform(() => NOW, habits);
  platform.collections.set(
    '/calls',
    calls.map((call) => ({ ...call })),
  );
  const { baseUrl, close } = await platform.listen();
  closers.push(close);
  return { findings: await examine(baseUrl), requests: platform.requests };
}

const about = (findings: readonly Finding[], subject: string) => findings.find((each) => each.subject === subject);
const call = (id: unknown, minute: number) => ({
  id,
  created_at: `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`,
  updated_at: `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`,
});

describe('the check of a healthy tenant', () => {
  it('finds nothing with a few requests to each collection within the rate', async () => {
    const simulation = simulate({ seats: 8, days: 2 });
    const server = await serve(simulation, {
      now: () => simulation.endMs,
      username: 'acme',
      password: PASSWORD,
      emptyCollections: PATHS,
      requestsPerSecond: null,
    });
    closers.push(() => server.close());
    const findings = await examine(server.url, 4, () => simulation.endMs);
    expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(findings.map(({ subject }) => subject)).toEqual([
      'DNS',
      ...PATHS,
      ...['Total', 'Link', 'Per-Page', 'clock', 'rate', 'latency', 'encoding'],
    ]);
    // two of each collection, four more of the long ones, two more of each tail
    expect(server.requests).toBeLessThanOrEqual(2 * COUNT + 4 * 2 + 2 * TAILS);
    expect(sleeps).toEqual(Array.from({ length: server.requests - 1 }, () => 250));
  });

  it('requests tails in the same way as a run, from a time and in cursor order', async () => {
    const { requests, findings } = await examinePlatform({}, [call(1, 1), call(2, 2)]);
    const calls = requests.find(({ pathname }) => pathname.endsWith('/calls'));
    expect(Object.fromEntries(calls?.searchParams ?? [])).toMatchObject({
      sort_column: 'updated_at',
      sort_direction: 'ASC',
      'updated_at[from]': '2026-01-31T12:00:00.000Z',
    });
    expect(about(findings, '/calls')).toMatchObject({ state: 'ok', found: '2 rows on the first page of 2 in all' });
  });
});

describe('the check of a tenant finds, with advice,', () => {
  it('a refused credential after one request', async () => {
    const { findings, requests } = await examineAnswering(status(401));
    expect(findings.at(-1)).toMatchObject({ state: 'wrong', found: 'the credential is refused (401)' });
    expect(findings.at(-1)?.todo).toContain('check the user name');
    expect(requests).toBe(1);
    expect(JSON.stringify(findings)).not.toContain(PASSWORD);
  });

  it.each([
    [
      402,
      'plan does not include /agents (402)',
      'switch the endpoint off with "endpoints": {"agent": {"enabled": false}}',
    ],
    [403, 'may not read /agents (403)', 'give the role of the API credential the permission'],
    [404, 'has no /agents (404)', 'if its path is another, set "path"'],
    [302, 'answered 302', 'check the base URL'],
    [503, 'answered 503', 'try again later'],
  ])('an answer %d and still asks the other collections', async (code, found, todo) => {
    const { findings, requests } = await examineAnswering(status(code), rows([]));
    const finding = about(findings, PATHS[0] ?? '');
    expect(finding?.state).toBe('wrong');
    expect(finding?.found).toContain(found);
    expect(finding?.todo).toContain(todo);
    expect(requests).toBeGreaterThanOrEqual(COUNT);
  });

  it.each([
    [text('<html>'), 'HTML'],
    [text(''), 'an empty body'],
    [text('{"data":[]}'), 'a JSON object'],
  ])('an answer that is not an array (%#)', async (answer, what) => {
    const { findings } = await examineAnswering(answer);
    expect(about(findings, PATHS[0] ?? '')?.found).toBe(`answered 200 with ${what} instead of a JSON array`);
  });

  it('a page in the wrong order', async () => {
    const { findings } = await examinePlatform({ heedsSort: false }, [call(2, 9), call(1, 1)]);
    expect(about(findings, '/calls')).toMatchObject({
      state: 'wrong',
      found: '2 rows on the first page of 2 in all, not in the requested order of updated_at',
    });
  });

  it('rows outside the requested range', async () => {
    const old = { ...call(1, 1), updated_at: '2020-01-01T00:00:00Z' };
    const { findings } = await examineAnswering((request, response) =>
      rows(request.url?.includes('/calls?') ? [old] : [])(request, response),
    );
    expect(about(findings, '/calls')?.found).toContain('some older than updated_at[from] allows');
  });

  it('records that would go to quarantine', async () => {
    const { findings } = await examinePlatform({}, [call('x', 1), call(2, 2), call('y', 3)]);
    expect(about(findings, '/calls')).toMatchObject({ state: 'warning' });
    expect(about(findings, '/calls')?.found).toContain('2 of them would be quarantined (id: expected number');
  });

  it('missing headers, a wrong clock and an exhausted rate limit as warnings', async () => {
    const date = new Date(NOW + 300_000).toUTCString();
    const { findings } = await examineAnswering(status(429, { 'retry-after': '3', date }), rows([], { date }));
    expect(about(findings, 'Total')?.found).toMatch(/^missing from (\d+) of \1 answers$/);
    expect(about(findings, 'Link')?.state).toBe('note');
    expect(about(findings, 'clock')?.found).toMatch(/^the platform is 30[01] s ahead of this machine$/);
    expect(about(findings, 'rate')).toMatchObject({
      state: 'warning',
      found: expect.stringMatching(/^1 of \d+ requests answered 429; retry-after: 3$/),
    });
    expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);
  });

  it('a closed port after one request', async () => {
    const { origin, close } = await holdRefusingOrigin();
    closers.push(close);
    const findings = await examine(`${origin}/manager/api/v1`);
    expect(findings.at(-1)?.found).toContain(`${origin}/manager/api/v1${PATHS[0]} cannot be read`);
    expect(findings).toHaveLength(2);
  });

  it('a host without an address before any request', async () => {
    const findings = await examine('https://acme.invalid/manager/api/v1');
    expect(findings).toEqual([
      expect.objectContaining({ subject: 'DNS', state: 'wrong', found: expect.stringContaining('acme.invalid') }),
    ]);
  });

  it('a port without TLS before any request', async () => {
    const server = await serveAnswers(rows([]));
    closers.push(server.close);
    const findings = await examine(`https://127.0.0.1:${new URL(server.origin).port}/manager/api/v1`);
    expect(findings.at(-1)).toMatchObject({ subject: 'TLS', state: 'wrong' });
    expect(server.requests).toEqual([]);
  });
});

describe('ccaip doctor', () => {
  it('checks a simulated centre by default and prints only findings on stdout', async () => {
    const { code, stdout } = await commandLine(['doctor', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual({
      subject: 'Link',
      state: 'ok',
      found: 'sent with every page',
      todo: null,
    });
  });

  it('exits with code 1 and gives advice if something is wrong', async () => {
    const server = await serveAnswers(status(401));
    closers.push(server.close);
    const environment = { CCAIP_USERNAME: 'acme', CCAIP_PASSWORD: PASSWORD };
    const args = ['doctor', '--base-url', `${server.origin}/manager/api/v1`];
    const { code, stdout, stderr } = await commandLine(args, { environment });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^WRONG {4}\/agents {2}the credential is refused \(401\)\n +-> check the user name/m);
    expect(stdout).toMatch(/2 findings: 1 wrong, 0 warnings, 0 notes\n$/);
  });

  it.each([
    [['--base-url', 'http://acme.example'], 'use https'],
    [['--base-url', 'https://acme.example'], 'CCAIP_USERNAME and CCAIP_PASSWORD are missing'],
    [['--base-url', 'https://acme.example', '--region', 'x'], 'cannot be used with'],
    [['--rate', '0'], 'Give a number from 0.01'],
  ])('is called wrongly with %j', async (args, sentence) => {
    const { code, stdout, stderr } = await commandLine(['doctor', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});
