import { ENDPOINTS, type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { suggestName } from '../../lib/configuration/nearest-name.ts';
import { UsageError } from '../terminal/failure.ts';

/** Parses one endpoint of several. @throws UsageError with the name that was most likely meant */
export function addEndpoint(name: string, previous: readonly Endpoint[] | undefined): readonly Endpoint[] {
  const endpoint = findEndpoint(name);
  if (endpoint !== undefined) return [...(previous ?? []), endpoint];
  const names = ENDPOINTS.map((known) => known.name);
  throw new UsageError(`there is no endpoint "${name}"; ${suggestName(name, names)}allowed: ${names.join(', ')}`);
}

/**
 * The endpoints that were named, each once and in the order of the catalog; all if none was.
 * @param without those that are left out
 */
export const selectEndpoints = (
  named: readonly Endpoint[] = [],
  without: readonly Endpoint[] = [],
): readonly Endpoint[] =>
  ENDPOINTS.filter((known) => (named.length === 0 || named.includes(known)) && !without.includes(known));
