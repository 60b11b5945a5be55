import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Api, answerJson, answerProblem } from './api.ts';
import { type FaultOptions, Faults } from './api-faults.ts';
import type { Quirks } from './quirks.ts';
import { createRateLimit, type RateLimitKind } from './rate-limit.ts';
import type { Simulation } from './simulation.ts';

/** How the API is served. */
export interface ServerOptions {
  /** The virtual clock, epoch milliseconds; also the `Date` of every response. */
  now: () => number;
  /** @default 0, a free one */
  port?: number;
  /** @default '127.0.0.1' */
  host?: string;
  /** @default 'simulator' */
  username?: string;
  /** @default 'simulator' */
  password?: string;
  /** @default '/manager/api/v1' */
  prefix?: string;
  /** Requests in a real second; null for no limit. @default 10 */
  requestsPerSecond?: number | null;
  /** How requests are counted. @default 'token-bucket' */
  rateLimit?: RateLimitKind;
  /** Which of `Link`, `Total` and `Per-Page` responses have: versions of the platform differ. @default 'all' */
  headers?: 'all' | 'no-link' | 'none';
  /** Real milliseconds before each answer. @default 0 */
  latencyMs?: number;
  /** @default - nothing goes wrong */
  faults?: FaultOptions;
  /**
   * Paths such as `/shifts` that are there and empty unless the simulated centre fills them.
   * @default - a path that the centre does not fill is answered with 404
   */
  emptyCollections?: readonly string[];
  /** What the platform does wrong. @default - nothing */
  quirks?: Quirks;
  /** Real time, milliseconds: for the limit and for waiting. @default - that of this machine */
  realTime?: RealTime;
}

/** A clock that only its differences matter of, and a way to wait by it. */
interface RealTime {
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

const MACHINE_TIME: RealTime = { now: () => performance.now(), sleep };

/** A running server. */
export interface SimulatorServer {
  /** With the prefix. */
  readonly url: string;
  readonly origin: string;
  /** Requests so far, rejected ones included. */
  readonly requests: number;
  /** Requests over the rate limit so far; injected faults do not count. */
  readonly rejected: number;
  close(): Promise<void>;
}

const limited = (headers: Answer['headers']): Answer => ({
  ...answerJson(429, answerProblem('too_many_requests', 'rate limit exceeded')),
  headers,
});

/** Serves a simulation over HTTP as the reference describes the Manager API. */
export async function serve(simulation: Simulation, options: ServerOptions): Promise<SimulatorServer> {
  const { now, port = 0, host = '127.0.0.1', username = 'simulator', password = 'simulator', latencyMs = 0 } = options;
  const {
    prefix = '/manager/api/v1',
    requestsPerSecond = 10,
    rateLimit = 'token-bucket',
    realTime = MACHINE_TIME,
  } = options;
  const api = new Api(simulation, options.headers ?? 'all', options.emptyCollections, options.quirks);
  const faults = options.faults ? new Faults(options.faults, realTime.sleep) : null;
  const limit = requestsPerSecond === null ? null : createRateLimit(rateLimit, requestsPerSecond, realTime.now());
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const counters = { requests: 0, rejected: 0 };

  function respond(request: IncomingMessage): Answer {
    if (request.headers.authorization !== authorization) {
      const answer = answerJson(401, answerProblem('unauthorized', 'wrong username or password'));
      return { ...answer, headers: { 'WWW-Authenticate': 'Basic realm="Manager API"' } };
    }
    if (limit && !limit.admit(realTime.now())) {
      counters.rejected += 1;
      return limited({ 'Retry-After': '1' });
    }
    if (request.method !== 'GET')
      return answerJson(405, answerProblem('method_not_allowed', 'this API is read with GET'));
    const base = `http://${request.headers.host ?? host}`;
    const url = new URL(request.url ?? '/', base);
    if (!url.pathname.startsWith(`${prefix}/`))
      return answerJson(404, answerProblem('not_found', 'resource not found'));
    const path = url.pathname.slice(prefix.length + 1);
    return api.answer(path, url.searchParams, base + prefix, now());
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    counters.requests += 1;
    const answer = respond(request);
    if (latencyMs > 0) await realTime.sleep(latencyMs);
    // the time of the simulation, not that of this machine. A date in the answer comes from a clock that is wrong
    if (answer.headers.Date === undefined) response.setHeader('Simulated-Clock', 'true');
    const date = new Date(now()).toUTCString();
    await send(response, answer, faults && answer.status === 200 ? faults : null, date);
  }

  const server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const origin = `http://${host}:${typeof address === 'object' && address ? address.port : port}`;
  return {
    url: origin + prefix,
    origin,
    get requests() {
      return counters.requests;
    },
    get rejected() {
      return counters.rejected;
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

async function send(response: ServerResponse, answer: Answer, faults: Faults | null, date: string): Promise<void> {
  const fault = faults?.next() ?? 'none';
  switch (fault) {
    case 'rateLimited':
      return write(response, limited({ 'Retry-After': '1' }), date);
    case 'rateLimitedSilently':
      return write(response, limited({}), date);
    case 'serverError': {
      const status = faults?.serverErrorStatus() ?? 500;
      return write(response, answerJson(status, answerProblem('server_error', 'something went wrong')), date);
    }
    case 'html':
      return write(
        response,
        { ...answer, body: Buffer.from('<html><body>Maintenance</body></html>') },
        date,
        'text/html',
      );
    case 'truncated':
      return write(response, { ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length * 0.6)) }, date);
    case 'empty':
      return write(response, { ...answer, body: Buffer.alloc(0) }, date);
    case 'dropped':
      response.sendDate = false;
      response.writeHead(200, { Date: date, 'Content-Length': answer.body.length });
      response.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () => response.destroy());
      return;
    case 'slow':
      await faults?.delay();
      return write(response, answer, date);
    case 'none':
      return write(response, answer, date);
  }
}

function write(
  response: ServerResponse,
  { status, body, headers }: Answer,
  date: string,
  type = 'application/json',
): void {
  response.sendDate = false;
  response.writeHead(status, {
    Date: date,
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': body.length,
    ...headers,
  });
  response.end(body);
}
