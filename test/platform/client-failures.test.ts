import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  ConfigurationError,
  ContractError,
  IngestError,
  RateLimitedError,
  TransientError,
} from '../../lambdas/common/errors.ts';
import { writeJson } from '../../lambdas/common/json.ts';
import { parseBaseUrl } from '../../lambdas/platform/base-url.ts';
import { CcaipClient } from '../../lambdas/platform/client.ts';
import { onWait } from '../../lambdas/platform/waits.ts';
import {
  type Answer,
  droppedBody,
  droppedConnection,
  noAnswer,
  rows,
  stalledBody,
  status,
  text,
} from '../support/canned-answers.ts';
import { holdRefusingOrigin } from '../support/refusing-origin.ts';
import { clientFor, failureOf, PASSWORD } from './client-setup.ts';

const passing: [what: string, answer: Answer, sentence: RegExp, attempts: number][] = [
  ['a 500', status(500), /answered 500 again and again/, 6],
  ['a 502', status(502, {}, '<html>bad gateway</html>'), /answered 502 again and again/, 6],
  ['a 503', status(503), /answered 503 again and again/, 6],
  ['a 408', status(408), /answered 408 again and again/, 6],
  ['HTML with status 200', text('<!doctype html><p>sign in'), /answered 200 with HTML instead of a JSON array/, 4],
  ['an empty body', text(''), /answered 200 with an empty body/, 4],
  ['truncated JSON', text('[{"id":1},{"id'), /answered 200 with broken JSON/, 4],
  ['a connection that drops in the body', droppedBody, /cannot be read \(.+\): the connection failed/, 6],
  ['a connection that drops at once', droppedConnection, /cannot be read \(.+\): the connection failed/, 6],
];

describe.each(passing)('%s', (_what, answer, sentence, attempts) => {
  it('causes no error if the platform recovers', async () => {
    const { client, time } = await clientFor([answer, answer, rows([{ id: 7 }])]);
    expect((await client.page('/calls', {})).rows).toEqual([writeJson({ id: 7 })]);
    expect(client.requests).toBe(3);
    expect(time.sleeps).toHaveLength(2);
  });

  it('becomes a message for the operator if it persists', async () => {
    const { client, server } = await clientFor([answer]);
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure.message).toMatch(sentence);
    expect(failure.message).toContain(`${server.origin}/manager/api/v1/calls `);
    expect(client.requests).toBe(attempts);
  });
});

describe('a request that is sent a few times at most', () => {
  it('is not given up because of answers 429', async () => {
    const { client } = await clientFor([status(429), status(500), status(429), status(429), rows([{ id: 7 }])]);
    expect((await client.page('/calls', {}, 2)).rows).toEqual([writeJson({ id: 7 })]);
  });

  it('is given up after that many failures', async () => {
    const { client } = await clientFor([status(429), status(500), status(500), rows([])]);
    await failureOf(client.page('/calls', {}, 2));
    expect(client.requests).toBe(3);
  });
});

describe('the pause between attempts', () => {
  it('doubles its upper limit, and is random below that limit', async () => {
    const whole = await clientFor([status(500)], { random: () => 0.999 });
    await failureOf(whole.client.page('/calls', {}));
    expect(whole.time.sleeps).toEqual([999, 1998, 3996, 7992, 15_984]);
    const none = await clientFor([status(500)], { random: () => 0 });
    await failureOf(none.client.page('/calls', {}));
    expect(none.time.sleeps).toEqual([0, 0, 0, 0, 0]);
  });

  it('is what Retry-After asks for, also after a 503', async () => {
    const { client, time, budget } = await clientFor([status(503, { 'retry-after': '7' }), rows([])]);
    await client.page('/calls', {});
    expect(time.sleeps).toEqual([7000]);
    expect(budget.pauses).toEqual([]);
  });

  it.each([
    [503, '60', TransientError, '2026-03-02T12:01:00Z'],
    [429, '7200', RateLimitedError, '2026-03-02T14:00:00Z'],
    [429, 'Tue, 03 Mar 2026 00:00:00 GMT', RateLimitedError, '2026-03-03T00:00:00Z'],
  ])(
    'is not begun after a %i if the function would end in it: the error says until when',
    async (code, header, kind, until) => {
      const { client, time, server } = await clientFor([status(code, { 'retry-after': header })], {
        timeLeft: () => 89_000,
      });
      const failure = await failureOf(client.page('/calls', {}));
      expect(failure).toBeInstanceOf(kind);
      expect(failure.message).toBe(
        `${server.origin}/manager/api/v1/calls asks to wait until ${until} (Retry-After), longer than this run has time: the first run after that continues from here`,
      );
      expect(client.requests).toBe(1);
      expect(time.sleeps).toEqual([]);
    },
  );

  it.each([
    ['nothing', '0'],
    ['a time that is over', 'Mon, 02 Mar 2026 11:00:00 GMT'],
    ['something malformed', 'soon 5'],
  ])('is the back-off if Retry-After asks for %s', async (_what, header) => {
    for (const code of [429, 503]) {
      const { client, time, budget } = await clientFor([status(code, { 'retry-after': header })], {
        random: () => 0.5,
      });
      await failureOf(client.page('/calls', {}));
      expect(time.sleeps.slice(0, 5)).toEqual([500, 1000, 2000, 4000, 8000]);
      expect(new Set(budget.pauses)).toEqual(new Set(code === 429 ? [1000] : []));
    }
  });

  it('is announced, unless it is short', async () => {
    const told: string[] = [];
    onTestFinished(onWait((sentence) => told.push(sentence)));
    const answers = [status(503, { 'retry-after': '4' }), status(429, { 'retry-after': '90' }), status(500), rows([])];
    const { client, server } = await clientFor(answers, { random: () => 0.999 });
    await client.page('/calls', {});
    const place = `${server.origin}/manager/api/v1/calls`;
    expect(told).toEqual([`waiting until 2026-03-02T12:01:34Z: ${place} asks for it (Retry-After)`]);
  });

  it('does not start if the next request could not end in time', async () => {
    const time = { left: 65_000 };
    const setup = await clientFor([status(500)], { random: () => 0.5, timeLeft: () => time.left - spent(setup) });
    const spent = ({ time }: typeof setup) => time.sleeps.reduce((sum, each) => sum + each, 0);
    await failureOf(setup.client.page('/calls', {}));
    expect(time.left - spent(setup)).toBeGreaterThan(30_000);
    expect(setup.client.requests).toBeGreaterThan(1);
  });
});

describe('a 429', () => {
  it.each([
    ['seconds', '3', 3000],
    ['an HTTP date', 'Mon, 02 Mar 2026 12:00:05 GMT', 5000],
  ])('with Retry-After in %s pauses the whole tenant for that long', async (_form, header, pause) => {
    const { client, time, budget } = await clientFor([status(429, { 'retry-after': header }), rows([{ id: 1 }])]);
    expect((await client.page('/calls', {})).rows).toEqual([writeJson({ id: 1 })]);
    expect(budget.pauses).toEqual([pause]);
    expect(time.sleeps).toEqual([pause]);
  });

  it('reads the HTTP date with the clock of the platform', async () => {
    const answer = status(429, {
      date: 'Mon, 02 Mar 2026 13:00:00 GMT',
      'retry-after': 'Mon, 02 Mar 2026 13:00:05 GMT',
    });
    const { client, budget } = await clientFor([answer, rows([])]);
    await client.page('/calls', {});
    expect(budget.pauses).toEqual([5000]);
  });

  it('without Retry-After pauses the tenant for a second and this request with jitter', async () => {
    const { client, time, budget } = await clientFor([status(429), rows([])], { random: () => 0.25 });
    await client.page('/calls', {});
    expect(budget.pauses).toEqual([1000]);
    expect(time.sleeps).toEqual([250]);
  });

  it('that persists reports that the rate is used up', async () => {
    const { client } = await clientFor([status(429, { 'retry-after': '1' })]);
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(RateLimitedError);
    expect(failure.message).toMatch(/answered 429: the tenant's request rate is used up; lower requestsPerSecond/);
    expect(client.requests).toBe(10);
  });

  it('with an excessive Retry-After does not stop the tenant for longer than an hour', async () => {
    const { client, budget } = await clientFor([status(429, { 'retry-after': '99999999' })]);
    expect(await failureOf(client.page('/calls', {}))).toBeInstanceOf(RateLimitedError);
    expect(Math.max(...budget.pauses)).toBeLessThanOrEqual(3_600_000);
  });
});

describe('an answer that will not change', () => {
  it.each([
    ['403', ConfigurationError, /answered 403: the credential may not read this; check the role of the API credential/],
    ['404', ConfigurationError, /answered 404: check the subdomain, the domain and the path prefix/],
    ['400', ContractError, /answered 400: the platform does not accept this request/],
    ['422', ContractError, /answered 422: the platform does not accept this request/],
  ])('%s fails at once', async (code, kind, sentence) => {
    const { client, time } = await clientFor([status(Number(code))]);
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(kind);
    expect(failure.message).toMatch(sentence);
    expect(client.requests).toBe(1);
    expect(time.sleeps).toEqual([]);
  });
});

describe('a request that is not answered', () => {
  it.each([
    ['without a word', noAnswer],
    ['in the middle of the body', stalledBody],
  ])('%s ends after thirty seconds and is repeated', async (_when, answer) => {
    // the thirty seconds are the only time that cannot be passed in: here they are over when the other side says no more
    let controller = new AbortController();
    const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      controller = new AbortController();
      return controller.signal;
    });
    const pass = () => controller.abort(new DOMException('', 'TimeoutError'));
    const stopping: Answer = (request, response) => {
      answer(request, response);
      if (!response.headersSent) pass();
    };
    const { client } = await clientFor([stopping], {
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        pass();
        return response;
      },
    });
    const failure = await failureOf(client.page('/calls', {}));
    const asked = spy.mock.calls;
    spy.mockRestore();
    expect(asked).toEqual(new Array(3).fill([30_000]));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure.message).toContain('cannot be read (time-out)');
  });

  it('because no server listens tells the operator to check the host name', async () => {
    const { origin, close } = await holdRefusingOrigin();
    onTestFinished(close);
    const { client } = await clientFor([noAnswer], { origin });
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure.message).toMatch(/\(ECONNREFUSED\): check the host name in the base URL and the network/);
    expect(client.requests).toBe(3);
  });
});

describe('the password', () => {
  const failing: Answer[] = [
    ...passing.map(([, answer]) => answer),
    ...[301, 400, 401, 403, 404, 429].map((code) => status(code, { 'retry-after': '0', location: 'http://x/' })),
    text('{}'),
  ];

  it.each(failing.map((answer, number) => ({ number, answer })))('is in no message, case $number', async (each) => {
    const { client } = await clientFor([each.answer]);
    const failure = await failureOf(client.page('/calls', {}));
    expect(failure).toBeInstanceOf(IngestError);
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(`acme:${PASSWORD}`).toString('base64')])
      expect(`${failure.stack} ${JSON.stringify(failure)}`).not.toContain(secret);
  });

  it('is not sent if the credential cannot be read', async () => {
    const { server } = await clientFor([rows([])]);
    const client = new CcaipClient({
      baseUrl: parseBaseUrl(server.origin),
      credentials: { get: () => Promise.reject(new ConfigurationError('secret acme is empty')) },
      budget: { acquire: async () => undefined, pause: async () => undefined },
      effects: { now: () => 0, sleep: async () => undefined, breathe: async () => undefined, random: () => 0, fetch },
      timeLeft: () => 1e6,
    });
    expect((await failureOf(client.page('/calls', {}))).message).toBe('secret acme is empty');
    expect(server.requests).toHaveLength(0);
  });
});
