import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleTotalsCode } from '#function-code';
import { DAILY_QUEUE_TOTALS_KEYS } from '../../packages/reader/table-keys.ts';
import { nameFunction, nameLogGroup, nameQueue } from '../configuration/resource-names.ts';
import { DeadLetterQueue } from '../ingestion/dead-letter-queue.ts';
import { ANY_INTERFACE } from '../ingestion/endpoint-ingestion.ts';
import { grantNetwork, type Network, runIn } from '../ingestion/function-network.ts';
import { INGEST_HANDLER } from '../ingestion/handler-names.ts';
import { grantKey } from '../ingestion/ingest-permissions.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { DeadLetterAlarm } from '../monitoring/dead-letter-alarm.ts';
import { justify, justifyWildcards } from '../security/justified.ts';
import { KeyedTable } from '../storage/keyed-table.ts';
import type { AnyTable } from '../storage/store-types.ts';

const ONE_STREAM = 'Streams of this table only, which are named after the time of their creation.';

export interface DailyQueueTotalsProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** The metrics table, whose stream has old and new images. */
  readonly metrics: AnyTable;
  /** Seconds in the queue within which a call counts as answered in time. */
  readonly serviceLevelSeconds: number;
  /** What happens to the table when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * The key that encrypts both tables.
   * @default - the account's key for DynamoDB, managed by AWS
   */
  readonly encryptionKey?: IKey | undefined;
  readonly alerts: Alerts;
  /** Retention of log entries. */
  readonly logRetention: RetentionDays;
  /**
   * Subnets to run in.
   * @default - no VPC
   */
  readonly network?: Network | undefined;
}

/**
 * An example of a downstream function. It follows the stream of the metrics table and keeps daily totals of each queue in its
 * own table. Lambda isolates an unreadable record by bisecting its batch. After ten attempts it sends the record's position in
 * the stream to a queue. All other records are processed.
 */
export class DailyQueueTotals extends Construct {
  readonly table: KeyedTable;
  readonly function: LambdaFunction;
  readonly failed: DeadLetterQueue;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: DailyQueueTotalsProps) {
    super(scope, id);
    const { deployment, metrics, serviceLevelSeconds, removalPolicy, encryptionKey, logRetention } = props;
    const name = nameFunction(deployment, 'daily-queue-totals');
    this.table = new KeyedTable(this, 'Table', { keys: DAILY_QUEUE_TOTALS_KEYS, removalPolicy, encryptionKey });
    this.failed = new DeadLetterQueue(this, 'Failed', nameQueue(deployment, 'daily-queue-totals', 'failed'));
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: nameLogGroup(deployment, 'daily-queue-totals'),
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      description: 'Daily totals of each queue',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { totals: new PolicyDocument({ statements: this.#permissions(props, logGroup) }) },
    });
    justifyWildcards(role, (resource) => (resource === '*' ? ANY_INTERFACE : ONE_STREAM));
    justify(this.failed, 'SQS3', 'This is the dead-letter queue of the stream.');
    this.function = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: `Daily totals of each queue from the metrics table of ${Stack.of(this).stackName}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: bundleTotalsCode(this),
      handler: INGEST_HANDLER,
      memorySize: 512,
      timeout: Duration.minutes(5),
      environment: {
        TOTALS_TABLE: this.table.tableName,
        SERVICE_LEVEL_SECONDS: String(serviceLevelSeconds),
        NODE_OPTIONS: '--enable-source-maps',
      },
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
    if (props.network !== undefined) runIn(props.network, this.function);
    new EventSourceMapping(this, 'Stream', {
      target: this.function,
      ...(metrics.tableStreamArn !== undefined && { eventSourceArn: metrics.tableStreamArn }),
      startingPosition: StartingPosition.TRIM_HORIZON,
      // totals are added once per batch, so larger batches are cheaper
      batchSize: 1_000,
      maxBatchingWindow: Duration.seconds(30),
      bisectBatchOnError: true,
      retryAttempts: 10,
      onFailure: new SqsDlq(this.failed),
      // totals remain when items expire
      filters: [FilterCriteria.filter({ eventName: FilterRule.or('INSERT', 'MODIFY') })],
    });
    this.alarm = new DeadLetterAlarm(this, 'Alarm', {
      name,
      says: 'Changes of calls could not be processed. They are missing from the daily totals of their queues.',
      runbook: 'daily-queue-totals-failed',
      queue: this.failed,
      alerts: props.alerts,
    }).alarm;
  }

  #permissions({ metrics, encryptionKey, network }: DailyQueueTotalsProps, logGroup: LogGroup): PolicyStatement[] {
    return [
      new PolicyStatement({
        sid: 'FollowMetrics',
        actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((each) => `dynamodb:${each}`),
        resources: [`${metrics.tableArn}/stream/*`],
      }),
      new PolicyStatement({
        sid: 'KeepTotals',
        actions: ['GetItem', 'PutItem', 'Query'].map((each) => `dynamodb:${each}`),
        resources: [this.table.tableArn],
      }),
      new PolicyStatement({ sid: 'TellFailures', actions: ['sqs:SendMessage'], resources: [this.failed.queueArn] }),
      new PolicyStatement({
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
      ...(encryptionKey === undefined ? [] : [grantKey(encryptionKey)]),
      ...(network === undefined ? [] : [grantNetwork()]),
    ];
  }
}
