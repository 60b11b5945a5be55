import type { Endpoint } from '../../catalog/index.ts';
import type { RebuildReport, RebuildSummary } from '../../lambdas/rebuild/rebuild-position.ts';
import type { Replays } from './replay-target.ts';

/** What is rebuilt. */
export interface RebuildTarget {
  readonly endpoint: Endpoint;
  readonly tenant: string;
  /** Replaces a state that is there. */
  readonly force: boolean;
}

/** Rebuilds the state of endpoints on this machine or in a deployment. */
export interface Rebuilds {
  /** Lists the tenants with data in the lake. */
  tenants(): Promise<readonly string[]>;
  /** Counts what is in the lake, without writing. */
  count(target: RebuildTarget): Promise<RebuildSummary>;
  /** Rebuilds to the end, in as many invocations as it takes. @param onProgress called after each part */
  run(target: RebuildTarget, onProgress: (report: RebuildReport) => void): Promise<RebuildSummary>;
  /** The replays that write metrics and segments from then on. */
  readonly replays: Replays;
}
