import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLocalAws } from '../../local/aws/local-aws.ts';
import { holdRefusingOrigin } from '../support/refusing-origin.ts';
import { CREDENTIAL, ccaip, complaints, type Outcome, temporaryFolder } from './run-ccaip.ts';
import { samples, servePlainly } from './sample-platform.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: Awaited<ReturnType<typeof servePlainly>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await servePlainly(samples());
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const inFolder = (name: string) => join(folder.path, name);

/** Expects one line on stderr with these parts, nothing on stdout and no stack trace. */
function expectOneLine(outcome: Outcome, code: number, ...parts: string[]): void {
  const [sentence = '', ...others] = complaints(outcome);
  expect({ code: outcome.code, stdout: outcome.stdout, others }).toEqual({ code, stdout: '', others: [] });
  for (const part of parts) expect(sentence).toContain(part);
  expect(outcome.stderr).not.toMatch(/^\s+at |unexpected error/m);
  expect(outcome.stderr).not.toContain(CREDENTIAL.CCAIP_PASSWORD);
}

// requests to an unreachable host are retried for about twenty seconds
describe('run explains in one line', { timeout: 120_000 }, () => {
  const run = (baseUrl: string, dir: string, variables = CREDENTIAL, ...endpoints: string[]) =>
    ccaip(['run', ...endpoints, '--base-url', baseUrl, '--tenant', 'acme', '--dir', dir], variables);

  test.concurrent('that the host cannot be reached', async () => {
    const { origin, close } = await holdRefusingOrigin();
    const outcome = await run(`${origin}/manager/api/v1`, inFolder('unreachable'), CREDENTIAL, 'menu');
    await close();
    expectOneLine(outcome, 1, 'menu: ', origin, 'cannot be read', 'ECONNREFUSED');
  });

  test.concurrent('that the password is wrong, once for both endpoints', async () => {
    const outcome = await run(
      platform.baseUrl,
      inFolder('refused'),
      { ...CREDENTIAL, CCAIP_PASSWORD: 'wrong' },
      'menu',
      'team',
    );
    expectOneLine(outcome, 1, `${platform.baseUrl} refused the credential (401)`, 'check user name', '2 endpoints');
  });

  test.concurrent.each([
    ['http://ccaip.example/manager/api/v1', 'http://ccaip.example would send the credential unencrypted', 'use https'],
    ['acme.ccaip.example', 'base URL "acme.ccaip.example" is not a URL', 'write https://<subdomain>.<domain>'],
    ['', 'base URL "" is not a URL', 'write https://<subdomain>.<domain>'],
    [`https://acme:${CREDENTIAL.CCAIP_PASSWORD}@ccaip.example`, 'contains a credential', "the tenant's secret"],
  ])('what is wrong with the base URL %j before it is sent, shown or stored', async (baseUrl, problem, hint) => {
    const dir = inFolder('address');
    expectOneLine(await run(baseUrl, dir, CREDENTIAL, 'menu'), 2, problem, hint);
    expect(existsSync(dir)).toBe(false);
  });

  test.concurrent.each([
    [{}, 'CCAIP_USERNAME and CCAIP_PASSWORD are missing'],
    [{ CCAIP_USERNAME: 'acme' }, 'CCAIP_PASSWORD is missing'],
  ])('what is missing from the credential %j', async (variables, problem) => {
    const outcome = await ccaip(['run', '--base-url', platform.baseUrl, '--dir', inFolder('none')], variables);
    expectOneLine(outcome, 2, problem, 'Set CCAIP_USERNAME to the subdomain');
  });

  test.concurrent('that the start of history is in the future', async () => {
    const args = ['run', '--base-url', platform.baseUrl, '--since', '2999-01-01', '--dir', inFolder('future')];
    expectOneLine(await ccaip(args, CREDENTIAL), 2, '--since 2999-01-01T00:00:00.000Z is in the future');
  });

  test.concurrent('that the folder is a file', async () => {
    const file = inFolder('file');
    await writeFile(file, '');
    expectOneLine(await run(platform.baseUrl, file), 1, `${file} is not a folder`, '--dir');
  });

  test.concurrent('that a file is in the way inside the folder', async () => {
    const dir = inFolder('taken');
    await mkdir(dir);
    await writeFile(join(dir, 's3'), '');
    expectOneLine(await run(platform.baseUrl, dir), 1, dir, 'is not a folder', '--dir');
  });

  test.skipIf(process.getuid?.() === 0)('that the folder cannot be read', async () => {
    const dir = inFolder('closed');
    await mkdir(dir, { mode: 0o000 });
    expectOneLine(await run(platform.baseUrl, dir), 1, `${dir}`, 'cannot be read and written', '--dir');
  });
});

describe.skipIf(process.getuid?.() === 0)('a lake without read permission', () => {
  test.concurrent.each([[['query', 'SELECT 1']], [['status']]])(
    'is reported as such and not as missing by %j',
    async (args) => {
      const dir = inFolder(`unreadable-${args[0]}`);
      await mkdir(join(dir, 's3/ccaip-lake'), { recursive: true });
      await chmod(dir, 0o000);
      expectOneLine(await ccaip([...args, '--dir', dir]), 1, `cannot read ${dir}. Change its permissions`);
    },
  );
});

describe('a folder that another process has open', () => {
  let dir: string;
  let other: Awaited<ReturnType<typeof startLocalAws>>;
  beforeAll(async () => {
    dir = inFolder('locked');
    other = await startLocalAws(dir, { secrets: {} });
  });
  afterAll(() => other.close());

  test.concurrent.each([[['run', 'menu', '--base-url', 'http://127.0.0.1:9/manager/api/v1']], [['status']]])(
    'is refused by %j',
    async (args) => {
      expectOneLine(await ccaip([...args, '--dir', dir], CREDENTIAL), 1, dir, 'in use by another ccaip process');
    },
  );
});

describe('a folder without ingested data', () => {
  test.concurrent.each([
    [['query', 'SELECT 1'], 'nothing was ingested into'],
    [['status'], 'nothing was ingested into'],
  ])('is named in the error of %j', async (args, problem) => {
    const dir = inFolder('nowhere');
    expectOneLine(await ccaip([...args, '--dir', dir]), 1, `${problem} ${dir}`, 'Run ccaip demo or ccaip run first');
  });
});
