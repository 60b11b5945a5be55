import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { ScheduleGroup } from '../ingestion/schedule-group.ts';
import type { Alerts } from './alerts.ts';

export interface SilenceAlarmProps {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly group: ScheduleGroup;
  readonly alerts: Alerts;
  /** Minutes between two runs of the most frequent schedule. */
  readonly everyMinutes: number;
}

/** Alarms if the schedules have stopped. No other alarm would notice, because functions that do not run do not fail. */
export class SilenceAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, { deployment, group, alerts, everyMinutes }: SilenceAlarmProps) {
    super(scope, id);
    const hours = Math.max(2, Math.ceil((2 * everyMinutes) / 60));
    this.alarm = alerts.add(this, 'Alarm', {
      alarmName: `${deployment}-no-schedule-runs`,
      says: `No schedule has started a function for ${hours} hours.`,
      runbook: 'no-schedule-runs',
      metric: new Metric({
        namespace: 'AWS/Scheduler',
        metricName: 'InvocationAttemptCount',
        dimensionsMap: { ScheduleGroup: group.name },
        statistic: 'Sum',
        period: Duration.hours(1),
      }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: hours,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}
