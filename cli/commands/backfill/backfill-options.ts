import { type Endpoint, findEndpoint } from '../../../catalog/index.ts';
import type { TimeRange } from '../../../lambdas/common/time-range.ts';
import { BACKFILLED, explainNoBackfill, sliceTimeRange } from '../../../lambdas/runs/backfill-slices.ts';
import { listNames } from '../../../lib/configuration/nearest-name.ts';
import { UsageError } from '../../terminal/failure.ts';
import { type DeploymentOptions, readSince, type Since } from '../common-options.ts';

/** Options of `ccaip backfill`. */
export interface BackfillOptions extends DeploymentOptions {
  readonly dir: string;
  readonly baseUrl?: string;
  readonly tenant?: string;
  readonly endpoint?: string;
  readonly from?: Since;
  readonly to?: Since;
  readonly sliceHours: number;
  readonly concurrency: number;
  readonly rate?: number;
  readonly again?: boolean;
  readonly wait: boolean;
  readonly status?: true;
  readonly json?: true;
}

/** The endpoint and the range to read. */
export interface Wanted {
  readonly endpoint: Endpoint;
  readonly from: Since;
  readonly to: Since;
}

/** @throws UsageError that says what to give instead */
export function parseWanted({ endpoint: name, from, to }: BackfillOptions): Wanted {
  const endpoint = findEndpoint(name ?? '');
  if (endpoint === undefined) {
    const problem = name === undefined ? 'which endpoint?' : `there is no endpoint "${name}".`;
    const names = listNames(BACKFILLED, 'ccaip backfill --help lists all', name);
    throw new UsageError(`${problem} Give --endpoint, one of ${names}`);
  }
  const reason = explainNoBackfill(endpoint);
  if (reason !== undefined) throw new UsageError(reason);
  if (from === undefined || to === undefined) throw new UsageError('which range? Give --from and --to');
  return { endpoint, from, to };
}

/**
 * Computes the range and its slices.
 * @param now milliseconds since the epoch
 * @throws UsageError if the range is empty or has too many slices
 */
export function sliceRange({ from, to }: Wanted, hours: number, now: number): [TimeRange, readonly TimeRange[]] {
  const range = { from: readSince(from, now), to: readSince(to, now) };
  if (range.from >= range.to) throw new UsageError('--from must be before --to');
  try {
    return [range, sliceTimeRange(range, hours)];
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}
