import type { AwsClients } from '../aws/aws-clients.ts';
import type { Environment } from '../aws/environment.ts';
import type { Effects } from '../common/effects.ts';
import type { TimeRange } from '../common/time-range.ts';
import type { CredentialCache } from '../platform/credential-cache.ts';
import type { Tenant } from '../platform/tenant.ts';
import type { RunEnd } from './run-summary.ts';

/** What a run is asked for, and what it works with. */
export interface IngestRequest {
  /** Name of a catalog entry. */
  readonly endpoint: string;
  readonly tenant: Tenant;
  /** Nominal time of the schedule. */
  readonly scheduledTime: string;
  /** How many times the run was continued already. */
  readonly continuation: number;
  /** What to backfill. @default - a live run, from the cursor on */
  readonly range?: TimeRange | undefined;
  /** Identifies the run in the ledger: the Lambda request id. */
  readonly run: string;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
  readonly environment: Environment;
  readonly aws: AwsClients;
  /** Credentials that former runs of this container left behind. @default - the run reads its own */
  readonly credentials?: CredentialCache;
  readonly effects: Effects;
  /** Is told how the run ended, failed or not, unless another run held the lease. @default - nobody is told */
  readonly onEnd?: (end: RunEnd) => void | Promise<void>;
}
