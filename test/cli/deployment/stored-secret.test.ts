import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { parsePiped } from '../../../cli/terminal/credential-input.ts';
import { parseCredential } from '../../../lambdas/platform/credentials.ts';
import { startAwsAccount } from '../../support/aws-account.ts';
import { start } from '../run-ccaip.ts';

let aws: Awaited<ReturnType<typeof startAwsAccount>>;
beforeEach(async () => {
  aws = await startAwsAccount();
  aws.account.deploy('ccaip', ['acme', 'umbrella']);
});
afterEach(() => aws.close());

const TOKEN = 'a-secret-token-of-32-characters!';

async function secretSet(piped: string, ...args: string[]) {
  const child = start(['secret', 'set', ...args], aws.variables);
  child.stdin.end(piped);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

test('ccaip secret set writes a piped credential in the format of the functions and never shows it', async () => {
  const { code, stdout, stderr } = await secretSet(
    `${TOKEN}\n`,
    '--tenant',
    'acme',
    '--username',
    'acme-sub',
    '--json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ secret: 'ccaip/acme', version: 'version-1' });
  expect(stderr).toBe(
    'wrote user name acme-sub and a password of 32 characters into secret ccaip/acme. The next run of every function uses it\n',
  );
  const written = aws.account.secrets.get('ccaip/acme') ?? undefined;
  expect(parseCredential('ccaip/acme', written)).toEqual({ username: 'acme-sub', password: TOKEN });
});

test('ccaip secret set lists the known tenants if the tenant is unknown, before it asks for anything', async () => {
  const { code, stdout, stderr } = await secretSet(TOKEN, '--tenant', 'acne', '--username', 'acme');
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr: 'ccaip: deployment ccaip has no tenant acne; did you mean "acme"? it has acme, umbrella\n',
  });
  expect(aws.account.requests).not.toContain('secretsmanager.PutSecretValue');
});

describe('a credential from a pipe', () => {
  it.each([
    [`{"username": "acme", "password": "${TOKEN}"}`, undefined],
    [` { "username":" acme ","password":"${TOKEN}","more":1 }\n`, 'other'],
    [`${TOKEN}\n`, 'acme'],
  ])('is read from %j', (piped, username) => {
    expect(parsePiped(piped, username)).toEqual({ username: 'acme', password: TOKEN });
  });

  it.each([
    ['', 'acme', 'must be the token'],
    ['hunter2 hunter3', 'acme', 'must be the token on one line'],
    ['hunter2', undefined, 'the token alone with --username'],
    ['{"username": "hunter2"}', undefined, 'must be a JSON object with a username and a password'],
    ['{"username": "hunter2", "password": ""}', undefined, 'that are not empty'],
    ['{hunter2', 'acme', 'must be a JSON object'],
  ])('is refused in %j for user name %s, without being shown', (piped, username, reason) => {
    expect(() => parsePiped(piped, username)).toThrow(reason);
    expect(() => parsePiped(piped, username)).not.toThrow(/hunter/);
  });
});
