import type { AwsClients } from '../aws/aws-clients.ts';
import type { Environment } from '../aws/environment.ts';
import type { Effects } from '../common/effects.ts';
import type { TimeRange } from '../common/time-range.ts';
import type { CredentialCache } from '../platform/credential-cache.ts';
import type { Tenant } from '../platform/tenant.ts';
import type { RunEnd } from './run-summary.ts';

/** The input of a run and its effects. */
export interface IngestRequest {
  /** Name of a catalog entry. */
  readonly endpoint: string;
  readonly tenant: Tenant;
  /** Nominal time of the schedule. */
  readonly scheduledTime: string;
  /** Number of times the run has been continued. */
  readonly continuation: number;
  /** The range to backfill. @default - a live run, from the cursor on */
  readonly range?: TimeRange | undefined;
  /** Writes what is read even if it is known. @default false */
  readonly again?: boolean | undefined;
  /** Identifies the run in the ledger: the Lambda request id. */
  readonly run: string;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
  readonly environment: Environment;
  readonly aws: AwsClients;
  /** Credentials that earlier runs of this container cached. @default - the run reads the credential */
  readonly credentials?: CredentialCache;
  readonly effects: Effects;
  /** Called at the end of the run, failed or not, unless another run held the lease. @default - not called */
  readonly onEnd?: (end: RunEnd) => void | Promise<void>;
}
