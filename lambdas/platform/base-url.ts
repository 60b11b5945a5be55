import { ConfigurationError } from '../common/errors.ts';

/** Names of this machine. */
export const LOCAL_HOSTS: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** A server on this machine. */
export const isLocal = (url: URL): boolean => LOCAL_HOSTS.has(url.hostname);

/**
 * Checks the base URL before any credential is sent to it.
 * @throws ConfigurationError if it is not a URL, carries a credential, or is plain http outside this machine
 */
export function parseBaseUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new ConfigurationError(`base URL "${text}" is not a URL: write https://<subdomain>.<domain>/manager/api/v1`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '')
    throw new ConfigurationError(`base URL of ${url.host} contains a credential: put it into the tenant's secret`);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOCAL_HOSTS.has(url.hostname)))
    throw new ConfigurationError(
      `base URL ${url.origin} would send the credential unencrypted: use https (plain http is for localhost only)`,
    );
  return url;
}
