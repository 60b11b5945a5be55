import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { SecretCredential } from '../../lambdas/platform/secret-credential.ts';
import { type Answer, type AnsweringServer, serveAnswers, status } from '../support/canned-answers.ts';

const TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const secret = (SecretString?: string): Answer =>
  status(200, TYPE, JSON.stringify({ Name: 'ccaip/acme', SecretString }));
const failure = (name: string): Answer => status(400, TYPE, JSON.stringify({ __type: name, message: 'no' }));
const credential = (password: string) => secret(JSON.stringify({ username: 'acme', password }));

let server: AnsweringServer;
afterEach(() => server.close());

async function open(...answers: Answer[]): Promise<SecretCredential> {
  server = await serveAnswers(...answers);
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new SecretsManagerClient({
    endpoint: server.origin,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
  });
  return new SecretCredential(client, 'ccaip/acme');
}

describe('the credential of a tenant', () => {
  it('is read once', async () => {
    const source = await open(credential('first'), credential('second'));
    for (let i = 0; i < 3; i++) expect(await source.get(false)).toEqual({ username: 'acme', password: 'first' });
    expect(server.requests).toHaveLength(1);
  });

  it('is read again when it was refused, and then kept', async () => {
    const source = await open(credential('first'), credential('second'));
    await source.get(false);
    expect((await source.get(true)).password).toBe('second');
    expect((await source.get(false)).password).toBe('second');
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['does not exist', failure('ResourceNotFoundException'), 'secret ccaip/acme has no value: fill it with the tenant'],
    ['has no text', secret(), 'secret ccaip/acme is empty: fill it with'],
    ['is blank', secret('  '), 'secret ccaip/acme is empty'],
    ['is not JSON', secret('acme:hunter2'), 'secret ccaip/acme is not JSON'],
    ['lacks the password', secret('{"username":"hunter2"}'), 'secret ccaip/acme lacks username or password'],
    ['has an empty password', secret('{"username":"hunter2","password":""}'), 'lacks username or password'],
    ['is another thing', secret('["hunter2"]'), 'lacks username or password'],
  ])('whose secret %s is the operator’s to set right, and its content is not told', async (_, answer, message) => {
    const source = await open(answer);
    const error: unknown = await source.get(false).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('hunter2');
  });

  it('that cannot be read for another reason is not reported as missing', async () => {
    const source = await open(failure('AccessDeniedException'));
    await expect(source.get(false)).rejects.toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
  });

  it('is requested again after a failure', async () => {
    const source = await open(failure('InternalServiceError'), credential('first'));
    await expect(source.get(false)).rejects.toThrow();
    expect((await source.get(false)).password).toBe('first');
  });
});
