import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { ConfigurationError } from '../common/errors.ts';
import type { CcaipClient } from '../platform/client.ts';
import type { Tenant } from '../platform/tenant.ts';
import { findCollection } from './create-source.ts';

/** Other collections that are tried. */
const MAX_TRIED = 2;

const SENTENCES = new Map([
  [402, (path: string) => `this tenant's plan does not include ${path} (402)`],
  [403, (path: string) => `the credential may not read ${path} (403)`],
  [404, (path: string) => `this tenant has no ${path} (404)`],
]);

const ALTERNATIVES = new Map([
  [403, 'give the role of the API credential the permission, or '],
  [404, 'if its path is another, set "path" in place of "enabled"; otherwise '],
]);

/**
 * The platform refused a collection. If it gives another one, address and credential are right, and the tenant lacks this one.
 * @returns the error that says so; the error itself if it is about something else, or the others are refused, too
 */
export async function explainRefusal(
  error: unknown,
  endpoint: Endpoint,
  tenant: Tenant,
  client: CcaipClient,
): Promise<unknown> {
  if (!(error instanceof ConfigurationError) || error.refusedWith === undefined) return error;
  const path = findCollection(endpoint, tenant);
  const sentence = SENTENCES.get(error.refusedWith);
  if (path === undefined || sentence === undefined) return error;
  const readable = await findReadable(path, tenant, client);
  if (readable === undefined) return error;
  return new ConfigurationError(
    `${sentence(path)}, but ${readable} can be read: ${ALTERNATIVES.get(error.refusedWith) ?? ''}switch the endpoint off with ` +
      `"endpoints": {"${endpoint.name}": {"enabled": false}} of the tenant in cdk.json, or ccaip run --without ${endpoint.name}`,
  );
}

/** Another collection that the platform gives; undefined if none of those that are tried. */
async function findReadable(refused: string, tenant: Tenant, client: CcaipClient): Promise<string | undefined> {
  const paths = new Set(ENDPOINTS.map((endpoint) => findCollection(endpoint, tenant) ?? refused));
  paths.delete(refused);
  for (const path of [...paths].slice(0, MAX_TRIED))
    try {
      await client.page(path, { page: 1, per: 1 });
      return path;
    } catch {
      // this one tells nothing
    }
  return undefined;
}
