import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { AuditOrder } from '../../lambdas/audit/execution/audit-event.ts';
import { Workgroup } from '../analytics/workgroup.ts';
import { nameFunction, SCHEDULED_TIME } from '../configuration/resource-names.ts';
import type { TenantConfiguration } from '../configuration/tenant-configuration.ts';
import { explainWildcard } from '../curation/curation-permissions.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import type { Alerts } from '../monitoring/alerts.ts';
import { MissingRecordsAlarm } from '../monitoring/missing-records-alarm.ts';
import { StateMachineAlarm } from '../monitoring/state-machine-alarm.ts';
import { createPlace } from '../state-machines/definition-file.ts';
import { createStateMachine } from '../state-machines/logged-state-machine.ts';
import { scheduleStateMachine } from '../state-machines/machine-schedules.ts';
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
    this.stateMachine = createStateMachine(this, {
      name,
      roleDescription: `Audits of ${deployment}`,
      part: 'audit',
      statements: [
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [
            compare.function.functionArn,
            ...props.ingestions.map((ingestion) => ingestion.function.functionArn),
          ],
        }),
        ...grantLakeQueries(this, { workgroup: name, database, stores }),
      ],
      explainWildcard,
      definition: defineAudit({
        ...{ deployment, database, tenants, isCurated },
        functionArn: createPlace('AuditFunction'),
        workgroup: name,
        requests: maxRequests,
      }),
      places: { AuditFunction: compare.function.functionArn },
      logRetention,
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
    const schedules = [
      ['nightly', NIGHTLY, nightlyDays],
      ['weekly', WEEKLY, weeklyDays],
    ] as const;
    scheduleStateMachine(this, {
      name,
      title: 'Audit',
      stateMachine: this.stateMachine,
      schedules: schedules.map(([when, expression, days]) => {
        const input: AuditOrder = { days, heal, scheduledTime: SCHEDULED_TIME };
        return { when, expression, input };
      }),
      maxAgeSeconds: 3_600,
    });
  }
}
