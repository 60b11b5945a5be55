import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alerts } from './alerts.ts';
import { createRunMetric } from './run-metric.ts';
import { whileFound } from './watch-alarms.ts';
import { createWatchMetric } from './watch-metric.ts';

/** Records that failed validation within an hour before the alarm. */
const BURST = 20;

export interface TenantAlarmsProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** Name of the tenant. */
  readonly tenant: string;
  /** Separator of the parts of names. */
  readonly separator: string;
  readonly alerts: Alerts;
}

/** Alarms for problems of a tenant that need a person. */
export class TenantAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { deployment, tenant, separator, alerts }: TenantAlarmsProps) {
    super(scope, id);
    const nameOf = (alarm: string) => [deployment, tenant, alarm].join(separator);
    const counted = (metric: 'credentialRefused' | 'budgetStarved' | 'quarantined', period: Duration, above = 0) => ({
      metric: createRunMetric(deployment, metric, tenant, { period }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: above,
      // the metric exists only when there is something to count
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const quarter = Duration.minutes(15);
    this.all = [
      alerts.add(this, 'Behind', {
        ...whileFound(createWatchMetric(deployment, 'behind', tenant)),
        alarmName: nameOf('behind'),
        says: `At least one endpoint of ${tenant} has missed its runs, whether they fail or do not start.`,
        runbook: 'endpoint-behind',
      }),
      alerts.add(this, 'NoNewRecords', {
        ...whileFound(createWatchMetric(deployment, 'silent', tenant)),
        alarmName: nameOf('no-new-records'),
        says: `The platform of ${tenant} answers, but has sent no new record of an endpoint for six hours. A week ago it sent some.`,
        runbook: 'no-new-records',
      }),
      alerts.add(this, 'Quarantine', {
        ...counted('quarantined', Duration.hours(6)),
        alarmName: nameOf('quarantine-growing'),
        says: `Records of ${tenant} were quarantined in three different quarters of a day within a week.`,
        runbook: 'quarantine-growing',
        datapointsToAlarm: 3,
        evaluationPeriods: 28,
      }),
      alerts.add(this, 'QuarantineBurst', {
        ...counted('quarantined', Duration.hours(1), BURST),
        alarmName: nameOf('quarantine-burst'),
        says: `More than ${BURST} records of ${tenant} were quarantined within an hour.`,
        runbook: 'quarantine-burst',
        evaluationPeriods: 1,
      }),
      alerts.add(this, 'CredentialRefused', {
        ...counted('credentialRefused', quarter),
        alarmName: nameOf('credential-refused'),
        says: `The credential of ${tenant} is empty, or the platform refuses it. No data of this tenant is read.`,
        runbook: 'credential-refused',
        evaluationPeriods: 1,
      }),
      alerts.add(this, 'BudgetStarved', {
        ...counted('budgetStarved', quarter),
        alarmName: nameOf('budget-starved'),
        says: `Runs of ${tenant} repeatedly stop because its request rate is used up.`,
        runbook: 'budget-starved',
        datapointsToAlarm: 3,
        evaluationPeriods: 4,
      }),
    ];
  }
}
