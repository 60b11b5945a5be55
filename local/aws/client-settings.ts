import type { ServiceSettings } from '../../lambdas/aws/aws-clients.ts';
import { hasProxySettings } from '../../lambdas/common/effects.ts';
import { formatProxies, parseProxies } from '../../lambdas/platform/proxy.ts';

/** Settings of the client of a service; the service as the AWS SDK writes it in `AWS_ENDPOINT_URL_<service>`. */
export type SettingsOf = (service: string) => ServiceSettings;

// the SDK warns of keys in the environment where a profile is named as well
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * What AWS clients are told, read from environment variables that need not be those of this process. What is not in them is left
 * to the SDK: profiles, single sign-on, roles. As in the SDK, a named profile goes before keys.
 */
export function readClientSettings(environment: Readonly<Record<string, string | undefined>>): SettingsOf {
  const {
    AWS_REGION: region,
    AWS_PROFILE: profile,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  const keys =
    !profile && accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
      : undefined;
  // the SDK knows no proxies
  const proxyEnv = hasProxySettings(environment) ? formatProxies(parseProxies(environment)) : undefined;
  return (service) => {
    const endpoint = environment[`AWS_ENDPOINT_URL_${service}`] ?? environment.AWS_ENDPOINT_URL;
    return {
      ...(region && { region }),
      ...(profile && { profile, logger: SILENT }),
      ...(keys && { credentials: keys }),
      ...(endpoint && { endpoint }),
      ...(proxyEnv && { requestHandler: { httpsAgent: { proxyEnv } } }),
    };
  };
}
