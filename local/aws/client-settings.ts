import type { ServiceSettings } from '../../lambdas/aws/aws-clients.ts';
import { hasProxySettings } from '../../lambdas/common/effects.ts';
import { formatProxies, parseProxies } from '../../lambdas/platform/proxy.ts';

/** Settings of the client of a service, named as in `AWS_ENDPOINT_URL_<service>` of the AWS SDK. */
export type SettingsOf = (service: string) => ServiceSettings;

// the SDK warns if the environment has both keys and a profile
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * Reads the settings of AWS clients from environment variables, which need not be those of this process. The SDK finds the rest:
 * profiles, single sign-on, roles. As in the SDK, a named profile takes precedence over keys.
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
