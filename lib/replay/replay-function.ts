import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
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
import type { Environment } from '../../lambdas/aws/environment.ts';
import { nameFunction, nameLogGroup, nameQueue } from '../configuration/resource-names.ts';
import { DeadLetterQueue } from '../ingestion/dead-letter-queue.ts';
import { ANY_INTERFACE, ONE_FOLDER } from '../ingestion/endpoint-ingestion.ts';
import { grantNetwork, type Network, runIn } from '../ingestion/function-network.ts';
import { REPLAY_HANDLER } from '../ingestion/handler-names.ts';
import type { Stores } from '../ingestion/ingest-permissions.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { DeadLetterAlarm } from '../monitoring/dead-letter-alarm.ts';
import { justifyWildcards } from '../security/justified.ts';
import { grantReplay } from './replay-permissions.ts';

export interface ReplayProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** The bundle of all functions. */
  readonly code: Code;
  readonly stores: Stores;
  readonly alerts: Alerts;
  /** Days after the start of a call when its item in the metrics table expires. @default - items do not expire */
  readonly metricsTtlDays?: number | undefined;
  /** Retention of log entries. */
  readonly logRetention: RetentionDays;
  /**
   * Subnets to run in.
   * @default - no VPC
   */
  readonly network?: Network | undefined;
}

/** The function that recomputes segments and metrics from raw objects. It has no schedule. `ccaip replay` starts it. */
export class Replay extends Construct {
  readonly function: LambdaFunction;
  readonly failed: DeadLetterQueue;
  readonly alarm: Alarm;

  constructor(
    scope: Construct,
    id: string,
    { deployment, code, stores, alerts, metricsTtlDays, logRetention, network }: ReplayProps,
  ) {
    super(scope, id);
    const name = nameFunction(deployment, 'replay');
    this.failed = new DeadLetterQueue(this, 'Failed', nameQueue(deployment, 'replay', 'failed'));
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: nameLogGroup(deployment, 'replay'),
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const itself = Stack.of(this).formatArn({
      service: 'lambda',
      resource: 'function',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = new Role(this, 'Role', {
      description: 'Replay of raw records',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        replay: new PolicyDocument({ statements: grantReplay(stores) }),
        runtime: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.failed.queueArn] }),
            // it invokes its successor when its time is up
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [itself] }),
            ...(network === undefined ? [] : [grantNetwork()]),
          ],
        }),
      },
    });
    justifyWildcards(role, (resource) => (resource === '*' ? ANY_INTERFACE : ONE_FOLDER));
    const environment = {
      LAKE_BUCKET: stores.lake.bucketName,
      METRICS_TABLE: stores.metrics.tableName,
      STATE_TABLE: stores.state.tableName,
    } satisfies Environment;
    this.function = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: `Replay of the raw records of ${Stack.of(this).stackName}: recomputes segments and metrics`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code,
      handler: REPLAY_HANDLER,
      // no request rate limits it, so twice the CPU of ingestion takes half the time
      memorySize: 1024,
      timeout: Duration.minutes(15),
      environment: {
        ...environment,
        ...(metricsTtlDays !== undefined && { METRICS_TTL_DAYS: String(metricsTtlDays) }),
      },
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      deadLetterQueue: this.failed,
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      recursiveLoop: RecursiveLoop.ALLOW,
    });
    if (network !== undefined) runIn(network, this.function);
    this.alarm = new DeadLetterAlarm(this, 'Alarm', {
      name,
      says: 'A replay failed and its event is in the dead-letter queue of its function. Segments and metrics are not recomputed, or only in part.',
      runbook: 'replay-failed',
      queue: this.failed,
      alerts,
    }).alarm;
  }
}
