import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startForwardProxy } from '../support/forward-proxy.ts';
import { holdRefusingOrigin } from '../support/refusing-origin.ts';
import { CREDENTIAL, ccaip, complaints, jsonFrom, temporaryFolder } from './run-ccaip.ts';
import { samples } from './sample-platform.ts';

const HOST = 'acme.ccaip.example';
const BASE_URL = `https://${HOST}/manager/api/v1`;
const fileOf = (name: string) => fileURLToPath(new URL(`../support/tls/${name}`, import.meta.url));

/** No proxy from the environment of the tests. */
const NONE = { HTTPS_PROXY: '', https_proxy: '', HTTP_PROXY: '', http_proxy: '', NO_PROXY: '', no_proxy: '' };
const VARIABLES = { ...CREDENTIAL, ...NONE, NODE_EXTRA_CA_CERTS: fileOf('certificate.pem') };

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let port: number;
// a platform that only the proxy can reach: no name server knows its host
const platform = createServer({ key: readFileSync(fileOf('key.pem')), cert: readFileSync(fileOf('certificate.pem')) });
platform.on('request', ({ url }, response) => {
  const { pathname } = new URL(url ?? '/', BASE_URL);
  response.end(JSON.stringify(samples().get(pathname.replace('/manager/api/v1', '')) ?? []));
});

beforeAll(async () => {
  folder = await temporaryFolder();
  await new Promise<void>((resolve) => platform.listen(0, '127.0.0.1', resolve));
  ({ port } = platform.address() as AddressInfo);
});
afterAll(async () => {
  platform.closeAllConnections();
  await new Promise((resolve) => platform.close(resolve));
  await folder.remove();
});

const runMenu = (dir: string, variables: Readonly<Record<string, string>>) =>
  ccaip(['run', 'menu', '--base-url', BASE_URL, '--dir', join(folder.path, dir), '--json'], {
    ...VARIABLES,
    ...variables,
  });

async function openProxy(options: Parameters<typeof startForwardProxy>[0]) {
  const proxy = await startForwardProxy(options);
  onTestFinished(proxy.close);
  return proxy;
}

// an unreachable host is tried again for about twenty seconds
describe('a proxy that the environment names', { timeout: 120_000 }, () => {
  test.concurrent.each([
    ['HTTPS_PROXY', (host: string) => `http://user:p%40ss@${host}`],
    ['https_proxy', (host: string) => `user:p%40ss@${host}`],
    ['HTTP_PROXY', (host: string) => `http://user:p%40ss@${host}/`],
  ])('in %s lets a run reach the platform', async (name, addressOf) => {
    const proxy = await openProxy({ credential: 'user:p@ss', port });
    const outcome = await runMenu(name === 'https_proxy' ? 'lower' : name, { [name]: addressOf(proxy.host) });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(jsonFrom(outcome)).toMatchObject({ menu: { records: 1 } });
    expect(new Set(proxy.targets)).toEqual(new Set([`${HOST}:443`]));
  });

  test.concurrent.each([
    ['NO_PROXY', HOST],
    ['no_proxy', 'other.example, .ccaip.example'],
  ])('is not used for the hosts in %s', async (name, value) => {
    const proxy = await openProxy({ port });
    const outcome = await runMenu(`without-${value}`, { HTTPS_PROXY: `http://${proxy.host}`, [name]: value });
    expect(outcome.code).toBe(1);
    expect(complaints(outcome).join()).not.toContain('proxy');
    expect(proxy.targets).toEqual([]);
  });

  test.concurrent('is not used for a simulated centre on this machine', async () => {
    const proxy = await openProxy({});
    const address = `http://${proxy.host}`;
    const dir = join(folder.path, 'simulated');
    const args = ['run', 'menu', '--seats', '4', '--days', '1', '--dir', dir];
    const outcome = await ccaip(args, { ...NONE, HTTPS_PROXY: address, HTTP_PROXY: address });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(proxy.targets).toEqual([]);
  });

  test.concurrent('is named without its password if it cannot be reached', async () => {
    const { origin, close } = await holdRefusingOrigin();
    onTestFinished(close);
    const outcome = await runMenu('refusing', { HTTPS_PROXY: origin.replace('//', '//user:secret@') });
    expect(outcome.code).toBe(1);
    expect(complaints(outcome)).toEqual([
      expect.stringContaining(
        `${BASE_URL}/menus cannot be read through the proxy ${origin} (ECONNREFUSED): check HTTPS_PROXY`,
      ),
    ]);
    expect(outcome.stderr + outcome.stdout).not.toContain('secret');
  });

  test.concurrent('is named without its password if it lets nothing through', async () => {
    const proxy = await openProxy({ credential: 'user:other', port });
    const outcome = await runMenu('unauthorized', { HTTPS_PROXY: `http://user:secret@${proxy.host}` });
    expect(outcome.code).toBe(1);
    expect(complaints(outcome)).toEqual([
      expect.stringContaining(`${BASE_URL}/menus cannot be read through the proxy http://${proxy.host} (`),
    ]);
    expect(outcome.stderr + outcome.stdout).not.toContain('secret');
  });

  test.concurrent('has to be an address, which no message shows', async () => {
    const outcome = await runMenu('malformed', { HTTPS_PROXY: 'socks5://user:secret@proxy.example' });
    expect(outcome.code).toBe(1);
    expect(complaints(outcome)).toEqual([
      'menu: HTTPS_PROXY is not the address of a proxy: write http://<host>:<port>',
    ]);
    expect(outcome.stderr + outcome.stdout).not.toContain('secret');
  });

  test.concurrent('lets doctor examine the tenant', async () => {
    const proxy = await openProxy({ port });
    const outcome = await ccaip(['doctor', '--base-url', BASE_URL, '--rate', '100', '--json'], {
      ...VARIABLES,
      HTTPS_PROXY: `http://${proxy.host}`,
    });
    const findings = jsonFrom<{ subject: string; found: string; state: string }[]>(outcome);
    expect(findings[0]).toMatchObject({ subject: 'proxy', found: `${HOST} is asked through http://${proxy.host}` });
    expect(findings.find(({ subject }) => subject === '/menus')?.found).toContain('1 row');
    expect(new Set(proxy.targets)).toEqual(new Set([`${HOST}:443`]));
  });

  test.concurrent('is used for AWS', async () => {
    const proxy = await openProxy({});
    await ccaip(['status', '--deployment', '--region', 'eu-central-1'], {
      ...NONE,
      AWS_ACCESS_KEY_ID: 'none',
      AWS_SECRET_ACCESS_KEY: 'none',
      HTTPS_PROXY: `http://${proxy.host}`,
    });
    expect(new Set(proxy.targets)).toEqual(new Set(['cloudformation.eu-central-1.amazonaws.com:443']));
  });
});
