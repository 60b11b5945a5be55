import { ENDPOINTS, type Endpoint, findEndpoint } from '../../catalog/index.ts';
import { listNames, suggestName } from '../../lib/configuration/nearest-name.ts';
import { UsageError } from '../terminal/failure.ts';

/** Parses one of several endpoint names. @throws UsageError that suggests the nearest name */
export function addEndpoint(name: string, previous: readonly Endpoint[] | undefined): readonly Endpoint[] {
  const endpoint = findEndpoint(name);
  if (endpoint !== undefined) return [...(previous ?? []), endpoint];
  const names = ENDPOINTS.map((known) => known.name);
  throw new UsageError(
    `there is no endpoint "${name}"; ${suggestName(name, names)}there are ${listNames(names, 'ccaip run --help lists all', name)}`,
  );
}

/**
 * The named endpoints, each once and in catalog order. If none is named, all endpoints.
 * @param without endpoints to leave out
 */
export const selectEndpoints = (
  named: readonly Endpoint[] = [],
  without: readonly Endpoint[] = [],
): readonly Endpoint[] =>
  ENDPOINTS.filter((known) => (named.length === 0 || named.includes(known)) && !without.includes(known));
