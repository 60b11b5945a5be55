import http from 'node:http';
import { type Effects, hasProxySettings } from '../common/effects.ts';
import { ConfigurationError } from '../common/errors.ts';
import { LOCAL_HOSTS } from './base-url.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxies that an environment names. */
export interface Proxies {
  readonly https: URL | undefined;
  readonly http: URL | undefined;
  /** Hosts that are requested without a proxy, in the notation of `NO_PROXY`; `*` means all. */
  readonly exceptions: readonly string[];
}

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, and prefers the lower-case variants.
 * @throws ConfigurationError if one is not the address of a proxy; the message does not show it, because it may contain a password
 */
export function parseProxies(environment: Environment): Proxies {
  const plain = parseProxy(environment, 'HTTP_PROXY');
  const exceptions = environment.no_proxy || environment.NO_PROXY || '';
  return {
    https: parseProxy(environment, 'HTTPS_PROXY') ?? plain,
    http: plain,
    // requests to this machine never leave it
    exceptions: [...exceptions.split(/[\s,]+/).filter((entry) => entry !== ''), ...LOCAL_HOSTS],
  };
}

function parseProxy(environment: Environment, name: string): URL | undefined {
  const text = environment[name.toLowerCase()] || environment[name];
  if (!text) return undefined;
  const address = text.includes('://') ? text : `http://${text}`;
  if (URL.canParse(address)) {
    const url = new URL(address);
    if (url.protocol === 'http:' || url.protocol === 'https:') return url;
  }
  throw new ConfigurationError(`${name} is not the address of a proxy: write http://<host>:<port>`);
}

/** The proxy for an address; undefined if the request needs none. */
export function findProxy({ https, http, exceptions }: Proxies, { protocol, hostname, port }: URL): URL | undefined {
  const proxy = protocol === 'https:' ? https : http;
  const isException = (entry: string) => {
    const [, host = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const name = host.toLowerCase().replace(/^\*?\./, '');
    if (only !== undefined && only !== (port || (protocol === 'https:' ? '443' : '80'))) return false;
    return entry === '*' || hostname === name || hostname.endsWith(`.${name}`);
  };
  return exceptions.some(isException) ? undefined : proxy;
}

/** Proxies in the form that Node.js expects. */
export const formatProxies = ({ https, http, exceptions }: Proxies) => ({
  ...(http && { http_proxy: http.href }),
  ...(https && { https_proxy: https.href }),
  no_proxy: exceptions.includes('*') ? '*' : exceptions.join(','),
});

/** Formats a proxy for messages: without user name and password. */
export const formatProxy = ({ protocol, host }: URL): string => `${protocol}//${host}`;

/** A request that failed on its way through a proxy. Its cause is the failure. */
class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly proxy: string;

  constructor(proxy: URL, cause: unknown) {
    super(`proxy ${formatProxy(proxy)} failed`, { cause });
    this.proxy = formatProxy(proxy);
  }
}

/**
 * Lets `fetch` use the proxies of the environment, for the whole process: Node.js itself ignores them unless it is started with
 * `NODE_USE_ENV_PROXY=1`.
 * @returns the effects with a `fetch` whose errors name the proxy
 * @throws ConfigurationError if the environment names no proxy, but something else
 */
export function useProxies(effects: Effects, environment: Environment): Effects {
  if (!hasProxySettings(environment)) return effects;
  const proxies = parseProxies(environment);
  if (typeof http.setGlobalProxyFromEnv === 'function') http.setGlobalProxyFromEnv(formatProxies(proxies));
  else if (environment.NODE_USE_ENV_PROXY !== '1')
    throw new ConfigurationError(
      `Node.js ${process.versions.node} uses no proxy: take 24.14 or newer, or set NODE_USE_ENV_PROXY=1`,
    );
  return {
    ...effects,
    fetch: async (input, init) => {
      try {
        return await effects.fetch(input, init);
      } catch (error) {
        const proxy = findProxy(proxies, new URL(input instanceof Request ? input.url : input));
        throw proxy === undefined ? error : new ProxyError(proxy, error);
      }
    },
  };
}
