import { Console } from 'node:console';
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { type AwsClients, createAwsClients } from '../../lambdas/aws/aws-clients.ts';
import { freeAbandonedLeases } from '../../lambdas/ledger/abandoned-leases.ts';
import type { Tenant } from '../../lambdas/platform/tenant.ts';
import { formatTenantHosts, type TenantHosts } from '../../lambdas/platform/tenant-hosts.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import type { IngestSummary } from '../../lambdas/runs/run-summary.ts';
import { closeClients } from '../aws/close-clients.ts';
import { startLocalAws } from '../aws/local-aws.ts';
import type { LocalCredential } from '../aws/secret-store.ts';

/** Time limit of a Lambda function, milliseconds. */
const TIME_LIMIT = 15 * 60_000;

interface LocalFunctionsOptions {
  readonly folder: string;
  readonly secrets: Readonly<Record<string, LocalCredential>>;
  /** Tenants whose events may be invoked. Each has a secret of its name. */
  readonly tenants: readonly Pick<Tenant, 'name' | 'baseUrl'>[];
  /** Prints the logs of the functions on stderr. */
  readonly verbose?: boolean;
  /**
   * Called with each change of the metrics table, a DynamoDB stream record as JSON.
   * @default - changes are ignored
   */
  readonly onMetricsChange?: (record: string) => void;
}

/** Runs the functions in the same way as Lambda, with an embedded AWS. One per process, because clients are per process. */
export interface LocalFunctions {
  readonly aws: AwsClients;
  readonly metricsTable: string;
  readonly stateTable: string;
  /** Number of endpoints whose last run in this folder was killed. Their leases are released. */
  readonly abandonedLeases: number;
  readonly totalsTable: string;
  /** Resolves when every earlier change of the metrics table has been reported. */
  told(): Promise<void>;
  /** Invokes the function of an endpoint. @throws IngestError in the form that Lambda reports */
  invoke(event: IngestEvent): Promise<IngestSummary>;
  /** Makes running functions stop at their next batch, as if their time were up. */
  interrupt(): void;
  readonly interrupted: boolean;
  close(): Promise<void>;
}

/** @throws LocalAwsError if the folder cannot be used */
export async function startLocalFunctions({
  folder,
  secrets,
  tenants,
  verbose = false,
  onMetricsChange,
}: LocalFunctionsOptions): Promise<LocalFunctions> {
  const local = await startLocalAws(folder, { secrets, onMetricsChange });
  const hosts = { TENANT_HOSTS: formatTenantHosts(tenants), SECRET_PREFIX: '' } satisfies TenantHosts;
  Object.assign(process.env, local.environment, hosts, loggingOf(verbose));
  // imported here, because the logger reads the environment when it is loaded
  const { handler } = await import('../../lambdas/handlers/ingest-handler.ts');
  const aws = createAwsClients();
  const abandonedLeases = await freeAbandonedLeases(aws.dynamodb, local.environment.STATE_TABLE, Date.now());
  let interrupted = false;
  return {
    aws,
    abandonedLeases,
    metricsTable: local.environment.METRICS_TABLE,
    stateTable: local.environment.STATE_TABLE,
    totalsTable: local.environment.TOTALS_TABLE,
    told: () => local.told(),
    invoke: (event) => {
      const deadline = performance.now() + TIME_LIMIT;
      return handler(
        event,
        contextOf(() => (interrupted ? 0 : deadline - performance.now())),
      );
    },
    interrupt: () => {
      interrupted = true;
    },
    get interrupted() {
      return interrupted;
    },
    close: async () => {
      await closeClients(aws);
      await local.close();
    },
  };
}

function loggingOf(verbose: boolean): Record<string, string> {
  if (!verbose) return { POWERTOOLS_LOG_LEVEL: 'SILENT' };
  // stdout is reserved for results. In development mode the logger writes to the global console
  globalThis.console = new Console(process.stderr, process.stderr);
  return { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_DEV: 'true' };
}

/** The context of an invocation. Without an ARN, the function leaves the next invocation to the caller. */
function contextOf(getRemainingTimeInMillis: () => number): Context {
  const none = () => undefined;
  return {
    awsRequestId: randomUUID(),
    functionName: 'ccaip-local',
    functionVersion: '1',
    invokedFunctionArn: '',
    memoryLimitInMB: '1024',
    logGroupName: 'local',
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis,
    done: none,
    fail: none,
    succeed: none,
  };
}
