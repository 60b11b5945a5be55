import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError, CredentialError } from '../../lambdas/common/errors.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { World } from './run-world.ts';

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

/** The failure of a run at a platform that answers these paths with a status. */
async function failureOf(endpoint: string, statuses: Readonly<Record<string, number>>) {
  const world = await World.create(stores);
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const path = new URL(String(input)).pathname.replace('/manager/api/v1', '');
    asked.push(path);
    const status = statuses[path];
    return status === undefined ? world.platform.fetch(input, init) : new Response('{}', { status });
  };
  const failure: unknown = await world
    .ingest(endpoint, { effects: world.time.effects({ fetch }) })
    .catch((error: unknown) => error);
  const status = await world.status(endpoint);
  return { failure, asked, told: status?.lastRun?.error };
}

describe('a collection that is refused while others can be read', () => {
  it.each([
    [402, "this tenant's plan does not include /chats (402), but /agents can be read: switch the endpoint off with"],
    [
      403,
      'the credential may not read /chats (403), but /agents can be read: give the role of the API credential the permission, or switch the endpoint off with',
    ],
    [404, 'this tenant has no /chats (404), but /agents can be read: if its path is another, set "path"'],
  ])('with %i is what the tenant lacks', async (status, sentence) => {
    const { failure, asked, told } = await failureOf('chat', { '/chats': status });
    expect(failure).toBeInstanceOf(ConfigurationError);
    // the credential is right: it is neither read again nor reported
    expect(failure).not.toBeInstanceOf(CredentialError);
    expect(told).toContain(sentence);
    expect(told).toContain('"endpoints": {"chat": {"enabled": false}}');
    expect(asked).toEqual(['/chats', '/agents']);
  });

  it('is detected with a second collection if the first one is refused, too', async () => {
    const { told, asked } = await failureOf('chat', { '/chats': 404, '/agents': 404 });
    expect(told).toContain('this tenant has no /chats (404), but /agent_activity_logs can be read');
    expect(asked).toEqual(['/chats', '/agents', '/agent_activity_logs']);
  });
});

describe('a platform that refuses all collections', () => {
  const all = (status: number) => ({ '/chats': status, '/agents': status, '/agent_activity_logs': status });

  it.each([
    [402, ConfigurationError, /\/manager\/api\/v1\/chats answered 402: ask the platform's operator/],
    [403, CredentialError, /\/manager\/api\/v1\/chats answered 403: the credential may not read this/],
    [404, ConfigurationError, /\/manager\/api\/v1\/chats answered 404: check the subdomain/],
  ])('with %i is not told what it lacks', async (status, kind, sentence) => {
    const { failure, told } = await failureOf('chat', all(status));
    expect(failure).toBeInstanceOf(kind);
    expect(told).toMatch(sentence);
  });
});
