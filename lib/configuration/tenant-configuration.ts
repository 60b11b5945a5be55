import * as z from 'zod';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { type SourceOverrides, sourceOverrideSchema } from '../../lambdas/platform/source-override.ts';
import { tenantSchema } from '../../lambdas/platform/tenant.ts';
import { formatTenantHosts } from '../../lambdas/platform/tenant-hosts.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';

const endpointConfigurationSchema = z.strictObject({
  /**
   * False to leave the endpoint out for this tenant.
   * @default true
   */
  enabled: z.boolean().default(true),
  /**
   * Minutes between two runs.
   * @default - the cadence of the endpoint's catalog entry
   */
  everyMinutes: z
    .number()
    .refine(
      (minutes) => Number.isInteger(minutes) && minutes >= 1 && minutes <= 1440,
      'a whole number of minutes from 1 to 1440',
    )
    .optional(),
  /**
   * Path of the collection, e.g. `/team`, if the instance differs from the catalog.
   * @default - the path of the endpoint's catalog entry
   */
  path: sourceOverrideSchema.shape.path,
  /**
   * Places of nested records by parent endpoint, e.g. `{"call": ["changes[]"]}`, if the instance differs from the catalog.
   * @default - the places of the endpoint's catalog entry
   */
  parents: sourceOverrideSchema.shape.parents,
});

/** Rejects an override that has no effect on the endpoint's source, or whose records its function could not read. */
function fitsSource({ source }: Endpoint) {
  return ({ path, parents }: z.output<typeof endpointConfigurationSchema>): boolean => {
    if (source.kind !== 'nested') return parents === undefined;
    const known = source.parents.map(({ endpoint }) => endpoint);
    return path === undefined && Object.keys(parents ?? {}).every((name) => known.includes(name));
  };
}

const misfitOf = ({ source }: Endpoint) =>
  source.kind === 'nested'
    ? `parents among ${source.parents.map(({ endpoint }) => endpoint).join(', ')}, and no path`
    : 'a path, and no parents';

const ADDRESS = 'an https URL such as https://acme.example.com/manager/api/v1, without a password';

const isGiven = (value: unknown, key: string) =>
  typeof value === 'object' && value !== null && key in value && Reflect.get(value, key) !== undefined;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

// without it, a rule about two fields is only checked if every field is valid
const always = { when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };

/** One CCAI Platform instance as written in `cdk.json`. */
export const tenantConfigurationSchema = z
  .strictObject({
    /**
     * Name of the tenant in keys, partitions, schedules and its secret.
     * @default - the subdomain
     */
    name: z.optional(tenantSchema.shape.name),
    /**
     * First part of the instance's host name, e.g. `acme` of `acme.uc1.ccaiplatform.com`.
     * @default - taken from `baseUrl`
     */
    subdomain: z.optional(tenantSchema.shape.name),
    /**
     * Rest of the instance's host name, e.g. `uc1.ccaiplatform.com`.
     * @default - taken from `baseUrl`
     */
    domain: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name such as uc1.ccaiplatform.com')
      .optional(),
    /**
     * Path of the API on that host.
     * @default '/manager/api/v1'
     */
    pathPrefix: z
      .string()
      .regex(/^(\/[\w.-]+)+$/, 'a path such as /manager/api/v1')
      .optional(),
    /**
     * Base URL of the API with its path, instead of subdomain, domain and path prefix. Plain http is for an emulator of AWS with
     * a simulated platform on the same machine (`localhost` or `127.0.0.1`).
     * @default - built from subdomain, domain and path prefix
     */
    baseUrl: z
      .string()
      .regex(/^(https:\/\/[^@?#\s]+|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/[^@?#\s]*)?)$/, ADDRESS)
      .refine(URL.canParse, ADDRESS)
      .optional(),
    /**
     * Time zone of the contact centre (IANA), e.g. `Europe/Berlin`. Queries find it in the view `tenant`. All data is in UTC.
     * @default 'UTC'
     */
    timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Berlin').default('UTC'),
    /**
     * Requests per second this deployment may send to the instance. The platform allows 10 for all integrations together.
     * @default 8
     */
    requestsPerSecond: tenantSchema.shape.requestsPerSecond,
    /**
     * Share of `requestsPerSecond` that backfills may use while live runs are active. Otherwise they may use all of it.
     * @default 0.1
     */
    backfillShare: z
      .number()
      .refine((share) => share > 0 && share <= 0.5, 'a number above 0 and at most 0.5')
      .optional(),
    /**
     * Minutes before its cursor from which each run of a tail reads again, to find records that appear late.
     * @default 10
     */
    lookBackMinutes: z.number().min(0).max(1440).optional(),
    /**
     * Seconds that the instance may take to show a record. A cursor always stays this far behind the current time.
     * @default 60
     */
    settleSeconds: z.number().min(0).max(3600).optional(),
    /**
     * First day (UTC) of history. Everything that changed since then is ingested.
     * @default '2025-01-01'
     */
    historyStart: z.iso.date({ error: 'a UTC date such as 2025-01-01' }).default('2025-01-01'),
    /**
     * Endpoints that differ from their catalog entry for this tenant.
     * @default - every endpoint with the cadence of its catalog entry
     */
    endpoints: z
      .strictObject(
        Object.fromEntries(
          ENDPOINTS.map((endpoint) => [
            endpoint.name,
            endpointConfigurationSchema.refine(fitsSource(endpoint), misfitOf(endpoint)).optional(),
          ]),
        ),
      )
      .default({}),
  })
  .refine((tenant) => isGiven(tenant, 'baseUrl') || isGiven(tenant, 'subdomain'), {
    ...always,
    path: ['subdomain'],
    error: 'subdomain and domain, or baseUrl',
  })
  .refine((tenant) => isGiven(tenant, 'baseUrl') || isGiven(tenant, 'domain'), {
    ...always,
    path: ['domain'],
    error: 'subdomain and domain, or baseUrl',
  })
  .refine(
    (tenant) =>
      !isGiven(tenant, 'baseUrl') || !['subdomain', 'domain', 'pathPrefix'].some((key) => isGiven(tenant, key)),
    { ...always, path: ['baseUrl'], error: 'either baseUrl or subdomain, domain and pathPrefix' },
  )
  .refine((tenant) => !isGiven(tenant, 'baseUrl') || isGiven(tenant, 'name'), {
    ...always,
    path: ['name'],
    error: 'a name, because there is no subdomain to take it from',
  });

export type TenantConfiguration = z.output<typeof tenantConfigurationSchema>;

/** Reads the name of a tenant. Returns an empty text if its configuration is invalid. */
export function readTenantName(tenant: TenantConfiguration | undefined): string {
  return tenant?.name ?? tenant?.subdomain ?? '';
}

/** Reads the base URL with path prefix. */
export function readTenantBaseUrl({
  baseUrl,
  subdomain,
  domain,
  pathPrefix = '/manager/api/v1',
}: TenantConfiguration): string {
  return baseUrl ?? `https://${subdomain}.${domain}${pathPrefix}`;
}

/** Lists the host of each tenant as the environment of the functions does. */
export const listTenantHosts = (tenants: readonly TenantConfiguration[]): string =>
  formatTenantHosts(tenants.map((tenant) => ({ name: readTenantName(tenant), baseUrl: readTenantBaseUrl(tenant) })));

/**
 * Reads the minutes between two runs of an endpoint for this tenant.
 * @returns undefined if the endpoint, or every endpoint it is nested in, is switched off
 */
export function readCadence(tenant: TenantConfiguration, endpoint: Endpoint): number | undefined {
  const own = tenant.endpoints[endpoint.name];
  if (own?.enabled === false) return undefined;
  const { source } = endpoint;
  if (
    source.kind === 'nested' &&
    !source.parents.some((parent) => tenant.endpoints[parent.endpoint]?.enabled !== false)
  )
    return undefined;
  return own?.everyMinutes ?? endpoint.everyMinutes;
}

/**
 * Creates the tenant part of an event.
 * @param secretId name of its secret
 * @param endpoints the endpoints whose overrides the event needs
 */
export function createTenantInput(
  tenant: TenantConfiguration,
  secretId: string,
  endpoints: readonly Endpoint[],
): IngestEvent['tenant'] {
  const sources = Object.assign({}, ...endpoints.map((endpoint) => sourceOverrides(tenant, endpoint)));
  return {
    name: readTenantName(tenant),
    baseUrl: readTenantBaseUrl(tenant),
    secretId,
    requestsPerSecond: tenant.requestsPerSecond,
    ...extractionSettings(tenant),
    historyStart: `${tenant.historyStart}T00:00:00Z`,
    ...(Object.keys(sources).length > 0 && { sources }),
  };
}

/** Overrides of the places where records are, or empty if the tenant has none. */
function sourceOverrides(tenant: TenantConfiguration, endpoint: Endpoint): SourceOverrides {
  const { path, parents } = tenant.endpoints[endpoint.name] ?? {};
  if (path === undefined && parents === undefined) return {};
  return { [endpoint.name]: { ...(path !== undefined && { path }), ...(parents !== undefined && { parents }) } };
}

/** Settings of this tenant for reading records. The functions have the defaults. */
function extractionSettings({ backfillShare, lookBackMinutes, settleSeconds }: TenantConfiguration) {
  return {
    ...(backfillShare !== undefined && { backfillShare }),
    ...(lookBackMinutes !== undefined && { lookBackMinutes }),
    ...(settleSeconds !== undefined && { settleSeconds }),
  };
}
