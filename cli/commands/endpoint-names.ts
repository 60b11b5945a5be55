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

/** The named endpoints, each once and in catalog order. If none is named, all endpoints. */
export const selectEndpoints = (named: readonly Endpoint[] = []): readonly Endpoint[] =>
  named.length === 0 ? ENDPOINTS : ENDPOINTS.filter((known) => named.includes(known));
