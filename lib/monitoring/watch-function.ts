import { Duration, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { ENDPOINTS, type Endpoint } from '../../catalog/index.ts';
import type { WatchEvent } from '../../lambdas/watch/watch-event.ts';
import { listCuratedTables } from '../../sql/curated/curated-tables.ts';
import { nameFunction } from '../configuration/resource-names.ts';
import { readCadence, readTenantName, type TenantConfiguration } from '../configuration/tenant-configuration.ts';
import type { DeadLetterQueue } from '../ingestion/dead-letter-queue.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import { WATCH_HANDLER } from '../ingestion/handler-names.ts';
import type { Stores } from '../ingestion/ingest-permissions.ts';
import { createSingleFunction, type FunctionSetting } from '../ingestion/single-function.ts';
import type { Alerts } from './alerts.ts';
import { WatchAlarms } from './watch-alarms.ts';
import { WATCH_MINUTES } from './watch-metric.ts';
import { grantWatch } from './watch-permissions.ts';

export interface WatchProps extends FunctionSetting {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly stores: Stores;
  readonly tenants: readonly TenantConfiguration[];
  readonly ingestions: ReadonlyMap<Endpoint, EndpointIngestion>;
  /** Dead-letter queues of the functions that no schedule of a tenant starts. */
  readonly otherQueues: readonly DeadLetterQueue[];
  /** True if curated tables are kept up to date. */
  readonly isCurated: boolean;
  /** Name of the group of schedules. */
  readonly group: string;
  readonly alerts: Alerts;
}

/**
 * A function that compares every 15 minutes what the deployment has done with what it should do. Alarms on metrics of runs cannot
 * tell that a run did not happen, and one metric for each tenant's endpoint would cost more than all runs.
 */
export class Watch extends Construct {
  readonly function: LambdaFunction;
  readonly log: LogGroup;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { deployment, alerts, isCurated } = props;
    const { function: watch, log } = this.#function(props);
    this.function = watch;
    this.log = log;
    this.#schedule(props);
    this.alarms = new WatchAlarms(this, 'Alarms', { deployment, watch: this.function, isCurated, alerts }).all;
  }

  #function(props: WatchProps) {
    const { deployment, stores, ingestions, otherQueues } = props;
    const queues = [...ingestions.values()].flatMap(({ failed, undelivered }) => [failed, undelivered]);
    return createSingleFunction(this, {
      ...props,
      name: nameFunction(deployment, 'watch'),
      description: `Looks for runs, records and curation that did not happen in ${Stack.of(this).stackName}`,
      roleDescription: 'Looks for what did not happen',
      policy: 'watch',
      statements: grantWatch(stores, queues, otherQueues),
      handler: WATCH_HANDLER,
      memory: 512,
      timeout: Duration.minutes(5),
      environment: { STATE_TABLE: stores.state.tableName },
      // the next check does the same
      retryAttempts: 0,
    });
  }

  #schedule({ deployment, group, tenants, isCurated, otherQueues }: WatchProps): void {
    const role = new Role(this, 'ScheduleRole', {
      description: `Schedule of ${nameFunction(deployment, 'watch')}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
          ],
        }),
      },
    });
    const event: WatchEvent = {
      deployment,
      tenants: Object.fromEntries(tenants.map((tenant) => [readTenantName(tenant), listOwnCadences(tenant)])),
      curated: isCurated
        ? listCuratedTables().map(({ name: table, endpoints, zone }) => ({ table, endpoints: [...endpoints], zone }))
        : [],
      queues: otherQueues.map(({ queueName }) => queueName),
    };
    new CfnSchedule(this, 'Schedule', {
      name: nameFunction(deployment, 'watch'),
      groupName: group,
      description: `Watch of ${deployment}`,
      scheduleExpression: `rate(${WATCH_MINUTES} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.function.functionArn,
        roleArn: role.roleArn,
        input: Stack.of(this).toJsonString(event),
        retryPolicy: { maximumEventAgeInSeconds: WATCH_MINUTES * 60, maximumRetryAttempts: 3 },
      },
    });
  }
}

/** Lists the cadences of a tenant that differ from the catalog. The function knows the others. */
const listOwnCadences = (tenant: TenantConfiguration): Record<string, number> =>
  Object.fromEntries(
    ENDPOINTS.flatMap((endpoint) => {
      const everyMinutes = readCadence(tenant, endpoint) ?? 0;
      return everyMinutes === endpoint.everyMinutes ? [] : [[endpoint.name, everyMinutes]];
    }),
  );
