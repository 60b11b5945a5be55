import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { CredentialCache } from '../../lambdas/platform/credential-cache.ts';
import { type AnsweringServer, serveAnswers, status } from '../support/canned-answers.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const HOUR = 3_600_000;

let server: AnsweringServer;
afterEach(() => server.close());

/** A container, and a Secrets Manager that gives these passwords one after the other. */
async function container(...passwords: string[]) {
  const type = { 'content-type': 'application/x-amz-json-1.1' };
  server = await serveAnswers(
    ...passwords.map((password) =>
      status(200, type, JSON.stringify({ SecretString: JSON.stringify({ username: 'acme', password }) })),
    ),
  );
  const client = new SecretsManagerClient({
    endpoint: server.origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  const time = new VirtualTime();
  const cache = new CredentialCache(client, time.now);
  const passwordOf = async (secretId: string, refresh = false) => (await cache.of(secretId).get(refresh)).password;
  return { time, cache, passwordOf };
}

describe('a credential that a container keeps', () => {
  it('is read by one run for all that follow within the hour', async () => {
    const { time, passwordOf } = await container('first', 'second');
    for (const minutes of [0, 5, 54]) {
      time.time += minutes * 60_000;
      expect(await passwordOf('ccaip/acme')).toBe('first');
    }
    expect(server.requests).toHaveLength(1);
    time.time += 60_000;
    expect(await passwordOf('ccaip/acme')).toBe('second');
  });

  it('is not kept for longer by being used', async () => {
    const { time, passwordOf } = await container('first', 'second');
    await passwordOf('ccaip/acme');
    time.time += HOUR - 1;
    await passwordOf('ccaip/acme');
    time.time += 1;
    expect(await passwordOf('ccaip/acme')).toBe('second');
  });

  it('is used for one tenant only', async () => {
    const { passwordOf } = await container('of acme', 'of other');
    expect(await passwordOf('ccaip/acme')).toBe('of acme');
    expect(await passwordOf('ccaip/other')).toBe('of other');
    expect(await passwordOf('ccaip/acme')).toBe('of acme');
  });

  it('is replaced for the runs that follow when the platform refuses it', async () => {
    const { passwordOf } = await container('old', 'new');
    await passwordOf('ccaip/acme');
    expect(await passwordOf('ccaip/acme', true)).toBe('new');
    expect(await passwordOf('ccaip/acme')).toBe('new');
    expect(server.requests).toHaveLength(2);
  });

  it('is read again once it is forgotten', async () => {
    const { cache, passwordOf } = await container('old', 'new');
    await passwordOf('ccaip/acme');
    cache.forget('ccaip/acme');
    expect(await passwordOf('ccaip/acme')).toBe('new');
  });
});
