import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Alerts } from './alerts.ts';

export interface StateMachineAlarmProps {
  /** Name of the state machine. */
  readonly name: string;
  readonly stateMachine: StateMachine;
  readonly alerts: Alerts;
  /** One or two sentences for the person on call. */
  readonly says: string;
  /** Anchor of its runbook. */
  readonly runbook: string;
}

/** Alarms if an execution failed within the last hour. Executions stopped by a person do not count. */
export class StateMachineAlarm extends Construct {
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, { name, stateMachine, alerts, says, runbook }: StateMachineAlarmProps) {
    super(scope, id);
    const sum = { statistic: 'Sum', period: Duration.hours(1) };
    this.alarm = alerts.add(this, 'Alarm', {
      alarmName: `${name}-failed`,
      says,
      runbook,
      metric: new MathExpression({
        label: 'bad ends',
        expression: 'MAX([failed, timedOut])',
        period: sum.period,
        usingMetrics: { failed: stateMachine.metricFailed(sum), timedOut: stateMachine.metricTimedOut(sum) },
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // without executions there is no metric
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
