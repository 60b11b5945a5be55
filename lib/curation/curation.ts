import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { createCuratedFreshnessView } from '../../sql/curated/curated-freshness-view.ts';
import { createAthenaStatements } from '../../sql/curated/curated-statements.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { AthenaView } from '../analytics/athena-view.ts';
import { Workgroup } from '../analytics/workgroup.ts';
import { nameFunction } from '../configuration/resource-names.ts';
import { ANY_INTERFACE } from '../ingestion/endpoint-ingestion.ts';
import { grantNetwork, type Network, runIn } from '../ingestion/function-network.ts';
import { CURATE_HANDLER } from '../ingestion/handler-names.ts';
import type { Stores } from '../ingestion/ingest-permissions.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { StateMachineAlarm } from '../monitoring/state-machine-alarm.ts';
import { justifyWildcards } from '../security/justified.ts';
import { grantObservation } from '../security/observe-permissions.ts';
import { createPlace, uploadDefinition } from '../state-machines/definition-file.ts';
import { defineCuration } from './curation-definition.ts';
import { explainWildcard, grantAsking, grantAthena } from './curation-permissions.ts';

/** Start of runs (UTC). The maintenance run starts when the hourly run before it has usually ended. */
const SCHEDULES = {
  hourly: { expression: 'cron(5 * * * ? *)', input: { maintain: false } },
  daily: { expression: 'cron(35 3 * * ? *)', input: { maintain: true } },
};

export interface CurationProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** The bundle of all functions. */
  readonly code: Code;
  readonly stores: Stores;
  /** Glue database with the views. */
  readonly database: string;
  /** Names of the tenants. */
  readonly tenants: readonly string[];
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
 * Keeps the newest versions of the large tables in columnar tables. A state machine runs Athena's MERGE for the batches since the
 * last run, and compacts the files once a day. The lake holds all the data of these tables, so they can be recreated.
 */
export class Curation extends Construct {
  readonly stateMachine: StateMachine;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: CurationProps) {
    super(scope, id);
    const { deployment, stores, database, tenants, alerts } = props;
    const { encryptionKey } = stores;
    const name = nameFunction(deployment, 'curation');
    const workgroup = new Workgroup(this, 'Workgroup', {
      name,
      description: 'Curation: MERGE, OPTIMIZE and VACUUM of the curated tables',
      lake: stores.lake,
      encryptionKey,
    });
    const curate = this.#function(name, props);
    const logGroup = this.#logGroup('Log', `/aws/vendedlogs/states/${name}`, props);
    const machineArn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'stateMachine',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const role = new Role(this, 'Role', {
      description: `Curation of ${deployment}`,
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        curation: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [curate.functionArn] }),
            new PolicyStatement({ actions: ['states:ListExecutions'], resources: [machineArn] }),
            ...grantAthena(this, { workgroup: name, database, stores }),
            ...grantObservation(),
          ],
        }),
      },
    });
    justifyWildcards(role, explainWildcard);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      ...uploadDefinition(
        'curation',
        defineCuration({
          functionArn: createPlace('CurateFunction'),
          workgroup: name,
          database,
          tenants,
          tables: listCuratedTables().map((table) => ({
            table,
            statements: createAthenaStatements(table, `s3://${createPlace('LakeBucket')}/${table.prefix}/`),
          })),
        }),
        { CurateFunction: curate.functionArn, LakeBucket: stores.lake.bucketName },
      ),
      role: role.withoutPolicyUpdates(),
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: true,
    });
    this.stateMachine.node.addDependency(workgroup);
    this.#schedules(name);
    this.alarm = new StateMachineAlarm(this, 'Failed', {
      name,
      says: 'A curation run failed, so the curated tables are behind the lake.',
      runbook: 'curation-failed',
      stateMachine: this.stateMachine,
      alerts,
    }).alarm;
    new AthenaView(this, 'Freshness', { database, view: createCuratedFreshnessView() });
  }

  /** The function that decides the next step. */
  #function(name: string, { code, stores, logRetention, network }: CurationProps): LambdaFunction {
    const logGroup = this.#logGroup('FunctionLog', `/aws/lambda/${name}`, { logRetention });
    const role = new Role(this, 'FunctionRole', {
      description: 'Decides the next step of curation',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        curate: new PolicyDocument({
          statements: [
            ...grantAsking(stores),
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            ...(network === undefined ? [] : [grantNetwork()]),
          ],
        }),
      },
    });
    justifyWildcards(role, (resource) => (resource === '*' ? ANY_INTERFACE : undefined));
    const curate = new LambdaFunction(this, 'Function', {
      functionName: name,
      description: 'Decides which days curation merges next',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code,
      handler: CURATE_HANDLER,
      memorySize: 256,
      timeout: Duration.minutes(1),
      environment: { STATE_TABLE: stores.state.tableName },
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
    if (network !== undefined) runIn(network, curate);
    return curate;
  }

  #logGroup(id: string, logGroupName: string, { logRetention }: Pick<CurationProps, 'logRetention'>): LogGroup {
    return new LogGroup(this, id, { logGroupName, retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
  }

  #schedules(name: string): void {
    const role = new Role(this, 'ScheduleRole', {
      description: `Schedules of ${name}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['states:StartExecution'],
              resources: [this.stateMachine.stateMachineArn],
            }),
          ],
        }),
      },
    });
    for (const [when, { expression, input }] of Object.entries(SCHEDULES))
      new CfnSchedule(this, `Schedule-${when}`, {
        name: `${name}-${when}`,
        description: `Curation, ${when}`,
        scheduleExpression: expression,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: this.stateMachine.stateMachineArn,
          roleArn: role.roleArn,
          input: JSON.stringify(input),
          retryPolicy: { maximumEventAgeInSeconds: 1_800, maximumRetryAttempts: 5 },
        },
      });
  }
}
