import type { Endpoint } from '../../catalog/index.ts';
import type { ReplaySummary } from '../../lambdas/replay/replay.ts';
import type { ReplayReport } from '../../lambdas/replay/replay-counts.ts';
import type { ReplayOptions } from '../../lambdas/replay/replay-event.ts';
import type { RequeueSummary } from '../../lambdas/replay/requeue-summary.ts';

/** What is replayed at once. */
export interface ReplayTarget {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  readonly options: ReplayOptions;
}

/** Where replays run: on this machine, or in a deployment. */
export interface Replays {
  /** Tenants that have something of one of the endpoints. */
  tenants(endpoints: readonly Endpoint[]): Promise<readonly string[]>;
  /** Replays to the end, however often the time of a function is up meanwhile. @param onProgress is told after every part */
  run(target: ReplayTarget, onProgress: (report: ReplayReport) => void): Promise<ReplaySummary>;
  /** Takes what fits out of quarantine; of the options only `dryRun` matters. */
  takeBack(target: ReplayTarget): Promise<RequeueSummary>;
}
