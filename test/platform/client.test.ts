import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ConfigurationError, UnreadableError } from '../../lambdas/common/errors.ts';
import { writeJson } from '../../lambdas/common/json.ts';
import { type Answer, rows, serveAnswers, status, text } from '../support/canned-answers.ts';
import { clientFor, failureOf, PASSWORD } from './client-setup.ts';

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

describe('a request', () => {
  it('carries the credential as HTTP Basic and asks for JSON', async () => {
    const { client, server } = await clientFor([rows([])]);
    await client.page('/calls', {});
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: basic('acme', PASSWORD),
      accept: 'application/json',
    });
  });

  it('has every parameter encoded once', async () => {
    const { client, server } = await clientFor([rows([])]);
    await client.page('/calls', { 'updated_at[from]': '2026-03-02T12:00:00.000Z', q: 'a+b%20&c=d', page: 2 });
    const address = server.requests[0]?.url ?? '';
    expect(address).toContain('updated_at%5Bfrom%5D=2026-03-02T12%3A00%3A00.000Z');
    expect(Object.fromEntries(new URL(address, 'http://x').searchParams)).toEqual({
      'updated_at[from]': '2026-03-02T12:00:00.000Z',
      q: 'a+b%20&c=d',
      page: '2',
    });
  });

  it.each(['/manager/api/v1', '/manager/api/v1/'])('goes below the path prefix of base URL %s', async (prefix) => {
    const { client, server } = await clientFor([rows([])], { prefix });
    await client.page('/teams/tree', {});
    expect(server.requests[0]?.url).toBe('/manager/api/v1/teams/tree');
  });

  it('goes to the root of a base URL without prefix', async () => {
    const { client, server } = await clientFor([rows([])], { prefix: '' });
    await client.page('/calls', {});
    expect(server.requests[0]?.url).toBe('/calls');
  });

  it('waits for a slot of the budget before each attempt', async () => {
    const { client, budget } = await clientFor([status(500), status(500), rows([])]);
    await client.page('/calls', {});
    expect(budget.acquired).toBe(3);
    expect(client.requests).toBe(3);
  });
});

describe('the budget', () => {
  it('gets the remaining time, so that it does not wait in vain', async () => {
    const { client, server, budget } = await clientFor([rows([])], { timeLeft: () => 77_000 });
    await client.page('/calls', {});
    expect(budget.timeLeft).toBe(77_000);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a page', () => {
  it('has the rows and what the headers say about further pages', async () => {
    const { client, server } = await clientFor([
      (request, response) =>
        rows([{ id: 1 }], { total: '250', link: `<http://${request.headers.host}/calls?page=2>; rel="next"` })(
          request,
          response,
        ),
    ]);
    expect(await client.page('/calls', {})).toMatchObject({ rows: [{ value: { id: 1 } }], total: 250, hasNext: true });
    expect(server.requests).toHaveLength(1);
  });

  it('knows nothing about further pages without headers', async () => {
    const { client } = await clientFor([rows([])]);
    expect(await client.page('/calls', {})).toMatchObject({ rows: [], total: null, hasNext: null });
  });

  it('is the last one if Link names no next page', async () => {
    const { client } = await clientFor([rows([], { link: '<http://127.0.0.1/calls?page=9>; rel="last"', total: 'x' })]);
    expect(await client.page('/calls', {})).toMatchObject({ rows: [], total: null, hasNext: false });
  });

  it('keeps integers beyond 2^53 exact, and the text of every record, also if it repeats a key', async () => {
    const row = '{"id":1,"external":90071992547409931234, "list":[-9007199254740993,1.10]}';
    const { client } = await clientFor([text(`[ ${row},\n{"a":\n1,"a":2} ]`)]);
    const { rows } = await client.page('/calls', {});
    expect(rows.map(({ json }) => json)).toEqual([row, String.raw`{"_original":"{\"a\": 1,\"a\":2}","a":2}`]);
    expect(rows.map(({ value }) => JSON.stringify(value))).toEqual([
      '{"id":1,"external":90071992547409931234,"list":[-9007199254740993,1.1]}',
      '{"a":2}',
    ]);
  });

  it.each([
    ['a JSON object', '{"message":"hello"}'],
    ['null', 'null'],
    ['a string', '"hello"'],
  ])('that is %s and no array is asked for again, and fails if it stays so', async (what, body) => {
    const { client, server } = await clientFor([text(body)]);
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(UnreadableError);
    expect(failure.message).toContain(what);
    expect(failure.message).toContain('/manager/api/v1/calls');
    expect(server.requests).toHaveLength(4);
    const passing = await clientFor([text(body), rows([{ id: 1 }])]);
    expect((await passing.client.page('/calls', {})).rows).toHaveLength(1);
  });

  it.each([
    ['another host', 'https://evil.example/manager/api/v1/calls?page=2'],
    ['another port', 'http://127.0.0.1:1/manager/api/v1/calls?page=2'],
    ['nowhere', 'http://['],
  ])('whose Link leads to %s has a next page, which is asked for at its own host', async (_where, address) => {
    const { client, server } = await clientFor([rows([{ id: 1 }], { link: `<${address}>; rel="next"` })]);
    expect(await client.page('/calls', {})).toMatchObject({ hasNext: true });
    await client.page('/calls', { page: 2 });
    expect(server.requests).toHaveLength(2);
  });

  it.each(['nonsense', '', '<http://127.0.0.1/>'])('ignores a Link "%s"', async (link) => {
    const { client } = await clientFor([rows([{ id: 1 }], { link })]);
    expect(await client.page('/calls', {})).toMatchObject({ hasNext: null });
  });

  it.each(['', '-1', '1.5', '1e3', 'many'])('ignores a Total "%s"', async (total) => {
    const { client } = await clientFor([rows([{ id: 1 }], { total })]);
    expect(await client.page('/calls', {})).toMatchObject({ total: null });
  });

  it('that answers 204 has no rows', async () => {
    const { client } = await clientFor([(_request, response) => response.writeHead(204).end()]);
    expect(await client.page('/chats', {})).toMatchObject({ rows: [], total: null, hasNext: null });
  });

  it('is read in the character encoding that it names, and refused if that is wrong', async () => {
    const latin = Buffer.from('[{"id":1,"name":"Jürgen"}]', 'latin1');
    const answer =
      (type: string): Answer =>
      (_request, response) =>
        response.writeHead(200, { 'content-type': type }).end(latin);
    const named = await clientFor([answer('application/json; charset=ISO-8859-1')]);
    expect((await named.client.page('/calls', {})).rows[0]?.value).toEqual({ id: 1, name: 'Jürgen' });
    const wrong = await clientFor([answer('application/json')]);
    const failure = await failureOf(wrong.client.page('/calls', {}));
    expect(failure).toBeInstanceOf(UnreadableError);
    expect(failure.message).toContain('no text in their character encoding');
  });

  it('is abandoned at ten megabytes after decompression, without a retry', async () => {
    const zeros = gzipSync(Buffer.alloc(200_000_000, 32));
    const { client, server } = await clientFor([
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(zeros),
    ]);
    const before = process.memoryUsage.rss();
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(UnreadableError);
    expect(failure.message).toMatch(/more than 10 MB/);
    expect(server.requests).toHaveLength(1);
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
  });

  it('may have a Link relative to its own address', async () => {
    const { client } = await clientFor([rows([{ id: 1 }], { link: '</manager/api/v1/calls?page=2>; rel="next"' })]);
    expect(await client.page('/calls', {})).toMatchObject({ hasNext: true });
  });
});

describe('a refused credential', () => {
  it('is read again once, and the request is repeated with the new one', async () => {
    const rotated = { username: 'acme', password: 'new' };
    const { client, server, credentialReads } = await clientFor([status(401), rows([{ id: 1 }])], { rotated });
    expect((await client.page('/calls', {})).rows).toEqual([writeJson({ id: 1 })]);
    expect(credentialReads).toEqual([false, true]);
    expect(server.requests[1]?.headers.authorization).toBe(basic('acme', 'new'));
  });

  it('that is refused again tells the operator to check the secret', async () => {
    const { client, server, credentialReads } = await clientFor([status(401)]);
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toMatch(/\(401\): check user name and API credential in the tenant's secret/);
    expect(credentialReads).toEqual([false, true]);
    expect(server.requests).toHaveLength(2);
  });
});

describe('a redirect', () => {
  it.each([301, 302, 307, 308])('%i is not followed, least of all with a credential', async (code) => {
    const other = await serveAnswers(rows([{ id: 1 }]));
    const { client, server } = await clientFor([status(code, { location: `${other.origin}/calls` })]);
    const failure = await failureOf(client.page('/calls', {}));
    await other.close();
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(failure.message).toContain(`answered ${code}, a redirect, which is not followed`);
    expect(other.requests).toHaveLength(0);
    expect(server.requests).toHaveLength(1);
  });
});

describe('the clock of the platform', () => {
  it('is read from its answers, including errors', async () => {
    const later = new Date(Date.parse('2026-03-02T12:05:00.000Z')).toUTCString();
    const { client, time } = await clientFor([status(401, { date: later }), rows([], { date: later })]);
    await client.page('/calls', {});
    expect(client.clock.now() - time.now()).toBe(300_000);
  });

  it('may be days away only if a simulator on this machine declares it', async () => {
    const date = new Date(Date.parse('2026-02-01T12:00:00.000Z')).toUTCString();
    for (const [headers, difference] of [
      [{ date, 'simulated-clock': 'true' }, Date.parse(date) - Date.parse('2026-03-02T12:00:00.000Z')],
      [{ date }, 0],
    ] as const) {
      const { client, time } = await clientFor([rows([], headers)]);
      await client.page('/calls', {});
      expect(client.clock.now() - time.now()).toBe(difference);
    }
  });
});
