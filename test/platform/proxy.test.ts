import { describe, expect, it } from 'vitest';
import { systemEffects } from '../../lambdas/common/effects.ts';
import { ConfigurationError } from '../../lambdas/common/errors.ts';
import { findProxy, formatProxy, parseProxies, useProxies } from '../../lambdas/platform/proxy.ts';

const PROXY = 'http://proxy.example:3128';

/** The proxy for an address. */
function routeOf(address: string, environment: Readonly<Record<string, string>>): string | undefined {
  const proxy = findProxy(parseProxies(environment), new URL(address));
  return proxy && formatProxy(proxy);
}

describe('the proxy of an address', () => {
  it.each([
    [{ HTTPS_PROXY: PROXY }, PROXY],
    [{ HTTPS_PROXY: 'proxy.example:3128' }, PROXY],
    [{ HTTPS_PROXY: 'http://other.example', https_proxy: PROXY }, PROXY],
    [{ HTTPS_PROXY: 'https://user:secret@proxy.example' }, 'https://proxy.example'],
    [{ HTTP_PROXY: PROXY }, PROXY],
    [{ HTTP_PROXY: 'http://other.example', HTTPS_PROXY: PROXY }, PROXY],
    [{ HTTPS_PROXY: '' }, undefined],
    [{}, undefined],
  ])('with %j is %j', (environment, expected) => {
    expect(routeOf('https://acme.ccaip.example/manager', environment)).toBe(expected);
  });

  it.each([
    ['', PROXY],
    ['other.example', PROXY],
    ['xacme.ccaip.example', PROXY],
    ['cme.ccaip.example', PROXY],
    ['acme.ccaip.example:8443', PROXY],
    ['acme.ccaip.example:443', undefined],
    ['acme.ccaip.example', undefined],
    ['ACME.ccaip.example', undefined],
    ['other.example,acme.ccaip.example', undefined],
    ['other.example  ccaip.example', undefined],
    ['.ccaip.example', undefined],
    ['*.ccaip.example', undefined],
    ['*', undefined],
  ])('with the exceptions %j is %j', (exceptions, expected) => {
    expect(routeOf('https://acme.ccaip.example/', { HTTPS_PROXY: PROXY, NO_PROXY: exceptions })).toBe(expected);
    expect(routeOf('https://acme.ccaip.example/', { HTTPS_PROXY: PROXY, no_proxy: exceptions })).toBe(expected);
  });

  it.each(['http://localhost:9000/', 'http://127.0.0.1:9000/', 'http://[::1]:9000/'])(
    'is not used for %s',
    (address) => {
      expect(routeOf(address, { HTTP_PROXY: PROXY })).toBeUndefined();
    },
  );

  it.each(['socks5://user:secret@proxy.example', 'http://', 'http://user:secret@proxy.example:port'])(
    'cannot be %j, which the message does not show',
    (address) => {
      const failing = () => parseProxies({ HTTPS_PROXY: address });
      expect(failing).toThrow(ConfigurationError);
      expect(failing).toThrow(/^HTTPS_PROXY is not the address of a proxy: write http:\/\/<host>:<port>$/);
    },
  );
});

it('leaves fetch alone where the environment names no proxy', () => {
  expect(useProxies(systemEffects, { HTTPS_PROXY: '', NO_PROXY: '*' })).toBe(systemEffects);
});
