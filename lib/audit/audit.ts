import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AuditOrder } from '../../lambdas/audit/execution/audit-event.ts';
import { Workgroup } from '../analytics/workgroup.ts';
import { nameFunction } from '../configuration/resource-names.ts';
import type { TenantConfiguration } from '../configuration/tenant-configuration.ts';
import { explainWildcard } from '../curation/curation-permissions.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { MissingRecordsAlarm } from '../monitoring/missing-records-alarm.ts';
import { StateMachineAlarm } from '../monitoring/state-machine-alarm.ts';
import { justifyWildcards } from '../security/justified.ts';
import { grantObservation } from '../security/observe-permissions.ts';
import { createPlace, uploadDefinition } from '../state-machines/definition-file.ts';
import { defineAudit } from './audit-definition.ts';
import { AuditFunction, type AuditFunctionProps } from './audit-function.ts';
import { AUDIT_RESULTS, grantLakeQueries } from './audit-permissions.ts';

/** Start of audits (UTC), after the daily maintenance of the curated tables. */
const NIGHTLY = 'cron(15 4 ? * MON-SAT *)';
const WEEKLY = 'cron(15 4 ? * SUN *)';

export interface AuditProps extends Omit<AuditFunctionProps, 'name' | 'secretArns'> {
  /** Glue database with the views. */
  readonly database: string;
  /** Every tenant with its secret. */
  readonly tenants: readonly {
    readonly tenant: TenantConfiguration;
    readonly secretName: string;
    readonly secretArn: string;
  }[];
  /** The functions that heal. */
  readonly ingestions: readonly EndpointIngestion[];
  /** True if curated tables are kept up to date. */
  readonly isCurated: boolean;
  /** Days that are compared every night, and on Sundays. */
  readonly nightlyDays: number;
  readonly weeklyDays: number;
  /** Reads again what is missing. */
  readonly heal: boolean;
  /** Maximum number of requests of an audit for each tenant. */
  readonly maxRequests: number;
  /** Gigabytes that a query may read. Athena stops queries that exceed it. */
  readonly scanLimitGigabytes: number;
  readonly alerts: Alerts;
}

/**
 * Compares what the platforms count with what the lake holds. A state machine asks Athena for the lake's side and a function for the
 * platform's side. What is missing is read again by the functions of the endpoints.
 */
export class Audit extends Construct {
  readonly stateMachine: StateMachine;
  /** Log of the function that compares. */
  readonly log: LogGroup;
  readonly alarms: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AuditProps) {
    super(scope, id);
    const { deployment, stores, database, tenants, alerts, isCurated, maxRequests, logRetention } = props;
    const name = nameFunction(deployment, 'audit');
    const workgroup = new Workgroup(this, 'Workgroup', {
      name,
      description: 'Audit: queries about the records that the lake holds',
      lake: stores.lake,
      results: AUDIT_RESULTS,
      scanLimitGigabytes: props.scanLimitGigabytes,
      encryptionKey: stores.encryptionKey,
    });
    const compare = new AuditFunction(this, 'Function', {
      ...props,
      name,
      secretArns: tenants.map(({ secretArn }) => secretArn),
    });
    this.log = compare.log;
    const role = new Role(this, 'Role', {
      description: `Audits of ${deployment}`,
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        audit: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: [
                compare.function.functionArn,
                ...props.ingestions.map((ingestion) => ingestion.function.functionArn),
              ],
            }),
            ...grantLakeQueries(this, { workgroup: name, database, stores }),
            ...grantObservation(),
          ],
        }),
      },
    });
    justifyWildcards(role, explainWildcard);
    const definition = defineAudit({
      ...{ deployment, database, tenants, isCurated },
      functionArn: createPlace('AuditFunction'),
      workgroup: name,
      requests: maxRequests,
    });
    const logGroupName = `/aws/vendedlogs/states/${name}`;
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      ...uploadDefinition('audit', definition, { AuditFunction: compare.function.functionArn }),
      role: role.withoutPolicyUpdates(),
      logs: {
        destination: new LogGroup(this, 'Log', {
          logGroupName,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
      tracingEnabled: true,
    });
    this.stateMachine.node.addDependency(workgroup);
    this.#schedules(name, props);
    this.alarms = [
      new StateMachineAlarm(this, 'Failed', {
        name,
        says: 'An audit failed, so a part of the lake was not compared, or what is missing was not read again. Ingestion is not affected.',
        runbook: 'audit-failed',
        stateMachine: this.stateMachine,
        alerts,
      }).alarm,
      new MissingRecordsAlarm(this, 'Missing', { deployment, alerts }).alarm,
    ];
  }

  #schedules(name: string, { nightlyDays, weeklyDays, heal }: AuditProps): void {
    const role = new Role(this, 'ScheduleRole', {
      description: `Schedules of ${name}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
      inlinePolicies: {
        start: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['states:StartExecution'], resources: [this.stateMachine.stateMachineArn] }),
          ],
        }),
      },
    });
    const schedules = [
      ['nightly', NIGHTLY, nightlyDays],
      ['weekly', WEEKLY, weeklyDays],
    ] as const;
    for (const [when, expression, days] of schedules) {
      const order: AuditOrder = { days, heal, scheduledTime: '<aws.scheduler.scheduled-time>' };
      new CfnSchedule(this, `Schedule-${when}`, {
        name: `${name}-${when}`,
        description: `Audit, ${when}`,
        scheduleExpression: expression,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: this.stateMachine.stateMachineArn,
          roleArn: role.roleArn,
          input: JSON.stringify(order),
          retryPolicy: { maximumEventAgeInSeconds: 3_600, maximumRetryAttempts: 5 },
        },
      });
    }
  }
}
