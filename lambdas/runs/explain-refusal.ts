import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import { ConfigurationError } from '../common/errors.ts';
import type { CcaipClient } from '../platform/client.ts';
import type { Tenant } from '../platform/tenant.ts';
import { findCollection } from './create-source.ts';

/** Number of other collections that are tried. */
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

/** The meaning of a refused collection while others can be read. */
export interface Refusal {
  readonly found: string;
  readonly todo: string;
}

/** Explains the status of a refused collection. Returns undefined for a status that says nothing about the collection. */
export function describeRefusal(status: number, path: string, endpoints: readonly string[]): Refusal | undefined {
  const sentence = SENTENCES.get(status);
  const [name, ...others] = endpoints;
  if (sentence === undefined || name === undefined) return undefined;
  const settings = endpoints.map((endpoint) => `"${endpoint}": {"enabled": false}`).join(', ');
  return {
    found: sentence(path),
    todo:
      `${ALTERNATIVES.get(status) ?? ''}switch the endpoint${others.length === 0 ? '' : 's'} off with ` +
      `"endpoints": {${settings}} of the tenant in cdk.json, or ccaip run --without ${endpoints.join(' ')}`,
  };
}

/**
 * Explains why the platform refused a collection. If it returns another one, address and credential are right, and the tenant lacks this one.
 * @returns an error that says so; the original error if it has another cause, or if the others are refused, too
 */
export async function explainRefusal(
  error: unknown,
  endpoint: Endpoint,
  tenant: Tenant,
  client: CcaipClient,
): Promise<unknown> {
  if (!(error instanceof ConfigurationError) || error.refusedWith === undefined) return error;
  const path = findCollection(endpoint, tenant);
  const refusal = path === undefined ? undefined : describeRefusal(error.refusedWith, path, [endpoint.name]);
  if (path === undefined || refusal === undefined) return error;
  const readable = await findReadable(path, tenant, client);
  if (readable === undefined) return error;
  return new ConfigurationError(`${refusal.found}, but ${readable} can be read: ${refusal.todo}`);
}

/** Finds another collection that the platform returns; undefined if it refuses all that are tried. */
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
