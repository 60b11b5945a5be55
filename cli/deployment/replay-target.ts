import type { Endpoint } from '../../catalog/index.ts';
import type { ReplaySummary } from '../../lambdas/replay/replay.ts';
import type { ReplayReport } from '../../lambdas/replay/replay-counts.ts';
import type { ReplayOptions } from '../../lambdas/replay/replay-event.ts';
import type { RequeueSummary } from '../../lambdas/replay/requeue-summary.ts';

/** One replay. */
export interface ReplayTarget {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  readonly options: ReplayOptions;
}

/** Runs replays on this machine or in a deployment. */
export interface Replays {
  /** Lists the tenants with data of one of the endpoints. */
  tenants(endpoints: readonly Endpoint[]): Promise<readonly string[]>;
  /** Replays to the end, in as many invocations as it takes. @param onProgress called after each part */
  run(target: ReplayTarget, onProgress: (report: ReplayReport) => void): Promise<ReplaySummary>;
  /** Requeues the quarantined records that now pass validation. Only the option `dryRun` matters. */
  takeBack(target: ReplayTarget): Promise<RequeueSummary>;
}
