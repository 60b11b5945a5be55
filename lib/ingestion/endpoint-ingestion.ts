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
import { HEAP_GROWTH } from '../../lambdas/handlers/heap-growth.ts';
import type { TenantHosts } from '../../lambdas/platform/tenant-hosts.ts';
import { nameFunction, nameLogGroup, nameQueue, nameSecret } from '../configuration/resource-names.ts';
import { justify, justifyWildcards } from '../security/justified.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { grantNetwork, type Network, runIn } from './function-network.ts';
import { INGEST_HANDLER } from './handler-names.ts';
import { grantIngestion, type Stores } from './ingest-permissions.ts';

/**
 * Memory in megabytes, chosen for the share of a vCPU that comes with it. A million records need only 213 MB. With metrics,
 * a record takes three times the CPU time. More CPU lets a first catch-up run at the request rate (docs/performance.md).
 */
const MEMORY = { plain: 512, withMetrics: 1024 };

/**
 * Node options that keep memory flat. By default, Lambda gives a twentieth of the memory to young objects and nine tenths to
 * old ones. A smaller young generation halves the uncollected garbage. A smaller old generation leaves memory for Node, code
 * and buffers. More than two malloc arenas only hold memory that others could use. A function has less than one vCPU, so V8's
 * four garbage collection threads compete with each other. One thread takes a fifth less CPU time.
 */
const FLAT_MEMORY = {
  NODE_OPTIONS: '--v8-pool-size=1 --max-semi-space-size=8 --max-old-space-size=320',
  MALLOC_ARENA_MAX: '2',
};

/** Percent. Functions with metrics produce three times the garbage and have twice the memory: old objects may triple before V8 collects all. */
const METRICS_GROWTH = '200';

export const ONE_FOLDER = 'Objects of one folder of the lake, whose names differ with every batch.';
export const ANY_INTERFACE =
  "Lambda's own network interfaces, whose ids are not known before: these actions know no narrower resource.";

export interface EndpointIngestionProps {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly endpoint: Endpoint;
  /** The bundle of all functions. */
  readonly code: Code;
  readonly stores: Stores;
  /** Days after the start of a call when its item in the metrics table expires. @default - items do not expire */
  readonly metricsTtlDays?: number | undefined;
  /** Secrets of the tenants that run this endpoint. */
  readonly secretArns: readonly string[];
  /** Host of each tenant of the deployment, as the environment of a function has it. */
  readonly tenantHosts: string;
  /** Retention of log entries. */
  readonly logRetention: RetentionDays;
  /**
   * Subnets to run in.
   * @default - no VPC
   */
  readonly network?: Network | undefined;
  /**
   * Reserved concurrency of this function.
   * @default - none
   */
  readonly reservedConcurrency?: number | undefined;
}

/**
 * An endpoint's function with its own role, log and two dead-letter queues. One queue has the events that the scheduler could
 * not deliver, the other the events that failed in the function. Both hold the event as it was sent.
 */
export class EndpointIngestion extends Construct {
  readonly function: LambdaFunction;
  readonly undelivered: DeadLetterQueue;
  readonly failed: DeadLetterQueue;
  readonly log: LogGroup;
  /** ARNs built from names. A nested stack then needs no parameter for each, for which 50 tenants leave no room. */
  readonly arns: { readonly function: string; readonly undelivered: string };

  constructor(
    scope: Construct,
    id: string,
    {
      deployment,
      endpoint,
      code,
      stores,
      metricsTtlDays,
      secretArns,
      tenantHosts,
      logRetention,
      ...limits
    }: EndpointIngestionProps,
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
        ingest: new PolicyDocument({
          statements: grantIngestion(endpoint, stores, secretArns),
        }),
        runtime: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [this.log.logGroupArn],
            }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.failed.queueArn] }),
            // a run that is far behind invokes its successor
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
    justify(this.undelivered, 'SQS3', 'This is the dead-letter queue of the schedules.');
    const size = endpoint.segmentMetrics ? 'withMetrics' : 'plain';
    const environment = {
      LAKE_BUCKET: stores.lake.bucketName,
      METRICS_TABLE: stores.metrics.tableName,
      STATE_TABLE: stores.state.tableName,
      METRICS_NAMESPACE: deployment,
      TENANT_HOSTS: tenantHosts,
      SECRET_PREFIX: nameSecret(deployment, ''),
    } satisfies Environment & TenantHosts;
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
      // a run stops at a batch boundary before the timeout, and the next run continues
      timeout: Duration.minutes(15),
      environment: {
        ...environment,
        ...(httpsProxy !== undefined && { HTTPS_PROXY: httpsProxy }),
        ...(endpoint.segmentMetrics && metricsTtlDays !== undefined && { METRICS_TTL_DAYS: String(metricsTtlDays) }),
        ...FLAT_MEMORY,
        ...(endpoint.segmentMetrics && { [HEAP_GROWTH]: METRICS_GROWTH }),
      },
      role: role.withoutPolicyUpdates(),
      logGroup: this.log,
      loggingFormat: LoggingFormat.JSON,
      deadLetterQueue: this.failed,
      // a minute after the first attempt and two more after the second: an outage of two minutes leaves no dead letter
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      // the run limits its own chain of continuations, at a higher number than Lambda's loop detection
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    if (limits.network !== undefined) runIn(limits.network, this.function);
  }
}
