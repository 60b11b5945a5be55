import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { handler as Handler } from '../../lambdas/handlers/ingest-handler.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import { call, NOW } from '../runs/run-world.ts';
import { type Answer, type AnsweringServer, serveAnswers } from '../support/canned-answers.ts';
import { Platform } from '../support/fake-platform.ts';
import { objectsOf, type Stores, startStores } from '../support/test-stores.ts';

let stores: Stores;
let platform: Platform;
let served: Awaited<ReturnType<Platform['listen']>>;
let lambda: AnsweringServer;
let handler: typeof Handler;
const logged: string[] = [];
/** Events with which the function was started again. */
const restarts: unknown[] = [];

/** Lambda: takes any event. */
const accepted: Answer = (request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += chunk;
  });
  request.on('end', () => {
    restarts.push(JSON.parse(text));
    response.writeHead(202).end();
  });
};

beforeAll(async () => {
  stores = await startStores();
  platform = new Platform(Date.now, { pageSize: 2 });
  served = await platform.listen();
  lambda = await serveAnswers(accepted);
  // the logger of a function writes to its own console: in development to the global one
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  ({ handler } = await import('../../lambdas/handlers/ingest-handler.ts'));
});

beforeEach(async () => {
  const environment = await stores.fresh();
  const hosts = { TENANT_HOSTS: JSON.stringify({ acme: new URL(served.baseUrl).host }), SECRET_PREFIX: 'ccaip/' };
  const variables = { ...stores.variables, ...environment, ...hosts, AWS_ENDPOINT_URL_LAMBDA: lambda.origin };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  platform.collections.clear();
  lambda.requests.length = 0;
  restarts.length = 0;
  logged.length = 0;
  for (const level of ['info', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((...text) => logged.push(text.join(' ')));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

afterAll(() => Promise.all([stores.close(), served.close(), lambda.close()]));

const event = (changes: Partial<IngestEvent> = {}): IngestEvent => ({
  endpoint: 'call',
  tenant: {
    name: 'acme',
    baseUrl: served.baseUrl,
    secretId: 'ccaip/acme',
    requestsPerSecond: 1000,
    historyStart: '2026-02-01T00:00:00Z',
  },
  scheduledTime: '2026-03-02T12:00:00Z',
  ...changes,
});

const context = (timeLeft = 900_000, invokedFunctionArn?: string) =>
  ({ awsRequestId: 'request-1', invokedFunctionArn, getRemainingTimeInMillis: () => timeLeft }) as Context;

const addCalls = (count: number) =>
  platform.rows('/calls').push(...Array.from({ length: count }, (_, i) => call(i + 1, (count - i) * 15)));

describe('the function', () => {
  it('reads the platform over HTTP with the tenant’s credential into the stores its environment names', async () => {
    addCalls(3);
    const summary = await handler(event(), context());
    expect(summary).toMatchObject({ tenant: 'acme', endpoint: 'call', outcome: 'done', records: 3 });
    const objects = await objectsOf(stores.aws, process.env.LAKE_BUCKET ?? '', 'raw/');
    expect(objects.flatMap(({ records }) => records.map(({ id }) => id))).toEqual([1, 2, 3]);
  });

  it('logs ids, counts and timings, but no credential and no personal data', async () => {
    addCalls(2);
    await handler(event(), context());
    expect(logged.join('\n')).toContain('run ended');
    expect(logged.join('\n')).toContain('"records": 2');
    expect(logged.join('\n')).not.toMatch(/sam example|sam@|a-secret-token|YWNtZ/i);
  });

  it('logs a failure with its reason before it throws', async () => {
    platform
      .rows('/calls')
      .push(...Array.from({ length: 20 }, (_, i) => ({ id: 'sam@example.com', updated_at: NOW, n: i })));
    await expect(handler(event(), context())).rejects.toThrow(expect.objectContaining({ reason: 'contract' }));
    expect(logged.join('\n')).toContain('"reason": "contract"');
    expect(logged.join('\n')).toContain('"endpoint": "call"');
    expect(logged.join('\n')).not.toMatch(/sam example|sam@|a-secret-token|YWNtZ/i);
  });

  it('logs with a failure the counts until then, and does not repeat them with the next failure', async () => {
    platform.rows('/calls').push(...Array.from({ length: 20 }, (_, n) => ({ id: 'unknown', updated_at: NOW, n })));
    await expect(handler(event(), context())).rejects.toThrow(expect.objectContaining({ reason: 'contract' }));
    const failure = logged.join('\n');
    expect(failure).toMatch(/"requests": [1-9]/);
    expect(failure).toMatch(/"batches": 0/);
    logged.length = 0;
    await expect(handler(event({ endpoint: 'calls' }), context())).rejects.toThrow('there is no endpoint');
    expect(logged.join('\n')).toContain('run failed');
    expect(logged.join('\n')).not.toContain('"requests"');
  });

  it.each([
    [{ scheduledTime: 'soon' }, 'scheduledTime'],
    [{ tenant: { name: 'Acme Inc.' } }, 'tenant.name'],
    [{ endpoint: 5 }, 'endpoint'],
  ])('refuses an event like %j by the name of the field that is wrong', async (changes, field) => {
    const wrong = { ...event(), ...changes } as IngestEvent;
    const failure: unknown = await handler(wrong, context()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'configuration' });
    expect(String(failure)).toContain('the event does not fit: ');
    expect(String(failure)).toContain(field);
    expect(String(failure)).not.toContain('Acme Inc.');
  });

  it.each([
    [
      'another host',
      (origin: string) => ({ baseUrl: `${origin}/manager/api/v1` }),
      /^the event sends the credential of acme to 127\.0\.0\.1:\d+, but it belongs to 127/,
    ],
    [
      'the secret of another tenant',
      () => ({ secretId: 'ccaip/beta' }),
      /^the event of acme names the secret ccaip\/beta, but its secret is ccaip\/acme/,
    ],
    ['a tenant that is not deployed', () => ({ name: 'beta' }), /^this function does not run for tenant "beta"/],
  ])('refuses an event with %s before it sends any request', async (_, change, message) => {
    const foreign = await serveAnswers((__, response) => response.writeHead(200).end('[]'));
    const secrets = await serveAnswers((__, response) => response.writeHead(500).end());
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.origin);
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', secrets.origin);
    const tenant = { ...event().tenant, ...change(foreign.origin) };
    for (const endpoint of ['call', 'call_participant'])
      await expect(handler(event({ endpoint, tenant }), context())).rejects.toThrow(
        expect.objectContaining({ reason: 'configuration', message: expect.stringMatching(message) }),
      );
    expect([foreign.requests, secrets.requests]).toEqual([[], []]);
    await Promise.all([foreign.close(), secrets.close()]);
  });

  it.each([undefined, 'acme.example.com', '["acme.example.com"]', '{"acme":5}'])(
    'refuses to run if its environment has %j for the hosts of tenants',
    async (hosts) => {
      vi.stubEnv('TENANT_HOSTS', hosts);
      await expect(handler(event(), context())).rejects.toThrow(/environment variable.*TENANT_HOSTS/);
    },
  );

  it('refuses to run without its environment', async () => {
    vi.stubEnv('STATE_TABLE', undefined);
    await expect(handler(event(), context())).rejects.toThrow(/^environment variables are missing: STATE_TABLE/);
  });
});

describe('a function whose time is up', () => {
  const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:ccaip-call';

  it('starts itself again with the same event and a higher continuation number', async () => {
    addCalls(6);
    const summary = await handler(event({ continuation: 3 }), context(59_999, ARN));
    expect(summary).toMatchObject({ outcome: 'more' });
    expect(restarts).toEqual([event({ continuation: 4 })]);
    const [request] = lambda.requests;
    expect(decodeURIComponent(request?.url ?? '')).toBe(`/2015-03-31/functions/${ARN}/invocations`);
    expect(request?.headers['x-amz-invocation-type']).toBe('Event');
  });

  it('leaves the rest to the next schedule after a hundred continuations', async () => {
    addCalls(6);
    expect(await handler(event({ continuation: 100 }), context(59_999, ARN))).toMatchObject({ outcome: 'more' });
    expect(lambda.requests).toEqual([]);
  });

  it('outside Lambda only reports it', async () => {
    addCalls(6);
    expect(await handler(event(), context(59_999))).toMatchObject({ outcome: 'more' });
    expect(lambda.requests).toEqual([]);
  });

  it('that has caught up is not started again', async () => {
    addCalls(1);
    expect(await handler(event(), context(900_000, ARN))).toMatchObject({ outcome: 'done' });
    expect(lambda.requests).toEqual([]);
  });
});
