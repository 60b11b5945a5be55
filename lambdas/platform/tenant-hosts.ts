import * as z from 'zod/mini';
import { ConfigurationError } from '../common/errors.ts';
import { parseBaseUrl } from './base-url.ts';
import type { Tenant } from './tenant.ts';

/**
 * The part of a function's environment that says where the credential of each tenant may be sent. A schedule, a dead letter or
 * the caller of a function can write any host and any secret into an event. Only a deployment changes the environment.
 */
export const tenantHostsSchema = z.object({
  /** Host of each tenant's platform with its port, as JSON, e.g. `{"acme":"acme.uc1.ccaiplatform.com"}`. */
  TENANT_HOSTS: z.string().check(z.minLength(1)),
  /** Start of the names of the secrets. The name of the tenant follows. @default - the secret has the name of the tenant */
  SECRET_PREFIX: z._default(z.string(), ''),
});

export type TenantHosts = z.infer<typeof tenantHostsSchema>;

const hostsSchema = z.record(z.string(), z.string());

/** Formats the hosts of tenants for {@link tenantHostsSchema}. @throws ConfigurationError if a base URL must not be used */
export function formatTenantHosts(tenants: readonly Pick<Tenant, 'name' | 'baseUrl'>[]): string {
  return JSON.stringify(Object.fromEntries(tenants.map(({ name, baseUrl }) => [name, parseBaseUrl(baseUrl).host])));
}

/**
 * Checks that the tenant of an event has the host and the secret of the deployment. Call it before anything else is done.
 * @throws ConfigurationError if the tenant is not deployed, or if its host or secret is another one
 */
export function checkTenantHost({ TENANT_HOSTS, SECRET_PREFIX }: TenantHosts, tenant: Tenant): void {
  const { name, secretId } = tenant;
  const { host } = parseBaseUrl(tenant.baseUrl);
  const known = parseHosts(TENANT_HOSTS).get(name);
  if (known === undefined)
    throw new ConfigurationError(
      `this function does not run for tenant "${name}": switch its endpoint on in cdk.json and deploy`,
    );
  if (host !== known)
    throw new ConfigurationError(
      `the event sends the credential of ${name} to ${host}, but it belongs to ${known}. Nothing was sent: find out who wrote the event, or deploy the new host from cdk.json`,
    );
  const secret = `${SECRET_PREFIX}${name}`;
  if (secretId !== secret)
    throw new ConfigurationError(
      `the event of ${name} names the secret ${secretId}, but its secret is ${secret}. Nothing was sent: find out who wrote the event`,
    );
}

/** @throws ConfigurationError if the variable is not what a deployment writes */
function parseHosts(text: string): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(hostsSchema.parse(JSON.parse(text))));
  } catch {
    throw new ConfigurationError(
      'the environment variable TENANT_HOSTS is not JSON with a host per tenant: deploy again',
    );
  }
}
