import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import type { Environment } from '../../lambdas/aws/environment.ts';
import { nameFunction, nameLogGroup, nameQueue } from '../configuration/resource-names.ts';
import { justify, justifyWildcards } from '../security/justified.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { grantNetwork, type Network, runIn } from './function-network.ts';
import { INGEST_HANDLER } from './ingest-code.ts';
import { grantIngestion, type Stores } from './ingest-permissions.ts';

/**
 * For its share of a vCPU, megabytes: a million records take 194. With metrics a record takes three times the CPU time, and a first
 * catch-up should go at the request rate, not at that of the function (docs/performance.md).
 */
const MEMORY = { plain: 512, withMetrics: 1024 };

/**
 * Keeps memory flat. Lambda gives young objects a twentieth of the memory and old ones nine tenths, unless an option says something
 * else: less for the young halves the garbage that lies about, and what old ones leave is for Node itself, code and buffers. More
 * than two of malloc's arenas only hold on to what others could use. Metrics make three times the garbage and have twice the
 * memory: with eight times the room for young objects, a call takes a fifth less CPU time. A function has less than one vCPU: the
 * four threads that V8 collects garbage with only get in each other's way, and one takes a fifth less CPU time.
 */
const flatMemory = (youngHalf: number) => ({
  NODE_OPTIONS: `--v8-pool-size=1 --max-semi-space-size=${youngHalf} --max-old-space-size=320`,
  MALLOC_ARENA_MAX: '2',
});
const FLAT_MEMORY = { plain: flatMemory(8), withMetrics: flatMemory(64) };

export const ONE_FOLDER =
  'Objects of one folder of the lake: their names differ with every batch, and no other folder is meant.';
export const ANY_INTERFACE =
  "Lambda's own network interfaces, whose ids are not known before: these actions know no narrower resource.";

export interface EndpointIngestionProps {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly endpoint: Endpoint;
  /** The bundle of all functions. */
  readonly code: Code;
  readonly stores: Stores;
  /** Days after the start of a call at which its item in the metrics table is deleted. @default - items stay */
  readonly metricsTtlDays?: number | undefined;
  /** Secrets of the tenants that run this endpoint. */
  readonly secretArns: readonly string[];
  /** How long log entries are kept. */
  readonly logRetention: RetentionDays;
  /**
   * Subnets to run in.
   * @default - none of yours
   */
  readonly network?: Network | undefined;
  /**
   * Concurrent runs kept free for this function.
   * @default - none
   */
  readonly reservedConcurrency?: number | undefined;
}

/**
 * An endpoint's function with a role, a log and two dead-letter queues of its own: one for events the scheduler could not
 * deliver, one for events the function failed on. Both hold the event as it was sent.
 */
export class EndpointIngestion extends Construct {
  readonly function: LambdaFunction;
  readonly undelivered: DeadLetterQueue;
  readonly failed: DeadLetterQueue;
  readonly log: LogGroup;
  /** ARNs made of names: a nested stack that needs them has no parameter for each, which 50 tenants have no room for. */
  readonly arns: { readonly function: string; readonly undelivered: string };

  constructor(
    scope: Construct,
    id: string,
    { deployment, endpoint, code, stores, metricsTtlDays, secretArns, logRetention, ...limits }: EndpointIngestionProps,
  ) {
    super(scope, id);
    const name = nameFunction(deployment, endpoint.name);
    this.arns = {
      function: Stack.of(this).formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName: name,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      undelivered: Stack.of(this).formatArn({
        service: 'sqs',
        resource: nameQueue(deployment, endpoint.name, 'undelivered'),
      }),
    };
    this.undelivered = new DeadLetterQueue(this, 'Undelivered', nameQueue(deployment, endpoint.name, 'undelivered'));
    this.failed = new DeadLetterQueue(this, 'Failed', nameQueue(deployment, endpoint.name, 'failed'));
    this.log = new LogGroup(this, 'Log', {
      logGroupName: nameLogGroup(deployment, endpoint.name),
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: `Ingestion of ${endpoint.title}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        ingest: new PolicyDocument({ statements: grantIngestion(endpoint, stores, secretArns) }),
        runtime: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.log.logGroupArn],
            }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.failed.queueArn] }),
            // a run that is far behind starts its successor
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [this.arns.function],
            }),
            ...(limits.network === undefined ? [] : [grantNetwork()]),
          ],
        }),
      },
    });
    justifyWildcards(role, (resource) => (resource === '*' ? ANY_INTERFACE : ONE_FOLDER));
    justify(this.undelivered, 'SQS3', 'It is a dead-letter queue itself: that of the schedules.');
    const size = endpoint.segmentMetrics ? 'withMetrics' : 'plain';
    const environment = {
      LAKE_BUCKET: stores.lake.bucketName,
      METRICS_TABLE: stores.metrics.tableName,
      STATE_TABLE: stores.state.tableName,
      METRICS_NAMESPACE: deployment,
    } satisfies Environment;
    const httpsProxy = limits.network?.httpsProxy;
    this.function = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: `${endpoint.title}: ${endpoint.source.kind} of the CCAI Platform API into ${Stack.of(this).stackName}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code,
      handler: INGEST_HANDLER,
      ...(limits.reservedConcurrency !== undefined && { reservedConcurrentExecutions: limits.reservedConcurrency }),
      memorySize: MEMORY[size],
      // a run stops by itself at a batch boundary; what is left is for the next one
      timeout: Duration.minutes(15),
      environment: {
        ...environment,
        ...(httpsProxy !== undefined && { HTTPS_PROXY: httpsProxy }),
        ...(endpoint.segmentMetrics && metricsTtlDays !== undefined && { METRICS_TTL_DAYS: String(metricsTtlDays) }),
        ...FLAT_MEMORY[size],
      },
      role: role.withoutPolicyUpdates(),
      logGroup: this.log,
      loggingFormat: LoggingFormat.JSON,
      deadLetterQueue: this.failed,
      retryAttempts: 1,
      maxEventAge: Duration.hours(1),
      // the chain of continued runs has an end of its own, later than the one Lambda would put to it
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    if (limits.network !== undefined) runIn(limits.network, this.function);
  }
}
