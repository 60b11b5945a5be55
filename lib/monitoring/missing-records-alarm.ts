import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { AUDIT_METRICS } from '../../lambdas/audit/execution/audit-metric-names.ts';
import type { Alerts } from './alerts.ts';

export interface MissingRecordsAlarmProps {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly alerts: Alerts;
}

/** Creates the metric of the records that are missing and not healed. @param deployment name, which is the namespace */
export const createMissingRecordsMetric = (deployment: string): Metric =>
  new Metric({
    namespace: deployment,
    metricName: AUDIT_METRICS.missing,
    dimensionsMap: { deployment },
    statistic: 'Maximum',
    period: Duration.minutes(5),
  });

/** Alarms from an audit that finds missing records and cannot heal them until one that finds none. */
export class MissingRecordsAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, { deployment, alerts }: MissingRecordsAlarmProps) {
    super(scope, id);
    this.alarm = alerts.add(this, 'Alarm', {
      alarmName: `${deployment}-records-missing`,
      says: 'An audit found records that the platform has and the lake lacks, and could not bring them back.',
      runbook: 'records-missing',
      metric: createMissingRecordsMetric(deployment),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // between two audits nothing is known to have changed
      treatMissingData: TreatMissingData.IGNORE,
    });
  }
}
