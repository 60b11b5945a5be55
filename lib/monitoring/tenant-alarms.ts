import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Alerts } from './alerts.ts';
import { createRunMetric } from './run-metric.ts';

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
  constructor(scope: Construct, id: string, { deployment, tenant, separator, alerts }: TenantAlarmsProps) {
    super(scope, id);
    const nameOf = (alarm: string) => [deployment, tenant, alarm].join(separator);
    const counted = (metric: 'credentialRefused' | 'budgetStarved') => ({
      metric: createRunMetric(deployment, metric, tenant, { period: Duration.minutes(15) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      // the metric exists only when there is something to count
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alerts.add(this, 'CredentialRefused', {
      ...counted('credentialRefused'),
      alarmName: nameOf('credential-refused'),
      says: `The credential of ${tenant} is empty, or the platform refuses it. No data of this tenant is read.`,
      runbook: 'credential-refused',
      evaluationPeriods: 1,
    });
    alerts.add(this, 'BudgetStarved', {
      ...counted('budgetStarved'),
      alarmName: nameOf('budget-starved'),
      says: `Runs of ${tenant} repeatedly stop because its request rate is used up.`,
      runbook: 'budget-starved',
      datapointsToAlarm: 3,
      evaluationPeriods: 4,
    });
  }
}
