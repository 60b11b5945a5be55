import { type Endpoint, findEndpoint } from '../../../catalog/index.ts';
import type { TimeRange } from '../../../lambdas/common/time-range.ts';
import { BACKFILLED, explainNoBackfill, sliceTimeRange } from '../../../lambdas/runs/backfill-slices.ts';
import { UsageError } from '../../terminal/failure.ts';
import { type DeploymentOptions, readSince, type Since } from '../common-options.ts';

/** What `ccaip backfill` was called with. */
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

/** What is to be read. */
export interface Wanted {
  readonly endpoint: Endpoint;
  readonly from: Since;
  readonly to: Since;
}

/** @throws UsageError with what to do instead */
export function parseWanted({ endpoint: name, from, to }: BackfillOptions): Wanted {
  const endpoint = findEndpoint(name ?? '');
  if (endpoint === undefined) throw new UsageError(`which endpoint? Give --endpoint, one of ${BACKFILLED.join(', ')}`);
  const reason = explainNoBackfill(endpoint);
  if (reason !== undefined) throw new UsageError(reason);
  if (from === undefined || to === undefined) throw new UsageError('which range? Give --from and --to');
  return { endpoint, from, to };
}

/**
 * The range and its slices.
 * @param now milliseconds since the epoch
 * @throws UsageError if it is none, or has too many slices
 */
export function sliceRange({ from, to }: Wanted, hours: number, now: number): [TimeRange, readonly TimeRange[]] {
  const range = { from: readSince(from, now), to: readSince(to, now) };
  if (range.from >= range.to) throw new UsageError('--from has to be before --to');
  try {
    return [range, sliceTimeRange(range, hours)];
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}
