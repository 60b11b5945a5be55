import { Console } from 'node:console';
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { type AwsClients, createAwsClients } from '../../lambdas/aws/aws-clients.ts';
import { freeAbandonedLeases } from '../../lambdas/ledger/abandoned-leases.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import type { IngestSummary } from '../../lambdas/runs/run-summary.ts';
import { closeClients } from '../aws/close-clients.ts';
import { startLocalAws } from '../aws/local-aws.ts';
import type { LocalCredential } from '../aws/secret-store.ts';

/** As long as Lambda lets a function run, milliseconds. */
const TIME_LIMIT = 15 * 60_000;

interface LocalFunctionsOptions {
  readonly folder: string;
  readonly secrets: Readonly<Record<string, LocalCredential>>;
  /** Logs of the functions on stderr. */
  readonly verbose?: boolean;
  /**
   * Is told each change of the metrics table: a record as DynamoDB's streams give it, as JSON.
   * @default - nobody is told
   */
  readonly onMetricsChange?: (record: string) => void;
}

/** The functions as Lambda would run them, against an embedded AWS. One per process: clients are kept per process. */
export interface LocalFunctions {
  readonly aws: AwsClients;
  readonly metricsTable: string;
  readonly stateTable: string;
  /** Endpoints whose last run in this folder was killed; nobody has to wait for their leases. */
  readonly abandonedLeases: number;
  readonly totalsTable: string;
  /** Ends when every change of the metrics table that was made so far has been told. */
  told(): Promise<void>;
  /** Starts the function of an endpoint. @throws IngestError as Lambda would report it */
  invoke(event: IngestEvent): Promise<IngestSummary>;
  /** Lets running functions stop at their next batch, as if their time were up. */
  interrupt(): void;
  readonly interrupted: boolean;
  close(): Promise<void>;
}

/** @throws LocalAwsError if the folder cannot be used */
export async function startLocalFunctions({
  folder,
  secrets,
  verbose = false,
  onMetricsChange,
}: LocalFunctionsOptions): Promise<LocalFunctions> {
  const local = await startLocalAws(folder, { secrets, onMetricsChange });
  Object.assign(process.env, local.environment, loggingOf(verbose));
  // only now: the logger reads the environment when it is loaded
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
  // stdout is for results: the logger writes to the global console in development mode
  globalThis.console = new Console(process.stderr, process.stderr);
  return { POWERTOOLS_LOG_LEVEL: 'INFO', POWERTOOLS_DEV: 'true' };
}

/** The context of an invocation; without an ARN the function leaves it to us to call again. */
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
