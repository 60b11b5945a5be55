import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DeadLetterQueue } from '../ingestion/dead-letter-queue.ts';
import type { Alerts } from './alerts.ts';

export interface DeadLetterAlarmProps {
  /** Name of the function. */
  readonly name: string;
  /** Queue of its failed events. */
  readonly queue: DeadLetterQueue;
  readonly alerts: Alerts;
  /** One or two sentences for the person on call. */
  readonly says: string;
  /** Anchor of its runbook. */
  readonly runbook: string;
}

/**
 * Alarms if a message arrives in the dead-letter queue of a function. The alarm ends automatically, so that it can tell of the next
 * message. Another alarm tells of messages that stay.
 */
export class DeadLetterAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, { name, queue, alerts, says, runbook }: DeadLetterAlarmProps) {
    super(scope, id);
    this.alarm = alerts.add(this, 'Alarm', {
      alarmName: `${name}-failed`,
      says,
      runbook,
      metric: queue.metricNumberOfMessagesSent({ statistic: 'Sum', period: Duration.minutes(5) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // a queue without traffic for hours reports no metric
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
