import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  ComparisonOperator,
  MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Alerts } from './alerts.ts';
import { createWatchMetric, WATCH_MINUTES } from './watch-metric.ts';

/** Hours for which a dead letter may wait for a later run. */
const MAX_DEAD_LETTER_HOURS = 24;

/** Number of checks that may fail or be missed in a row. */
const MISSED_CHECKS = 4;

/**
 * The rule of an alarm on a metric of the watch. It holds while one of the last two checks has found something, because a check that
 * is some seconds late leaves a period without a value.
 */
export const whileFound = (metric: Metric, above = 0) => ({
  metric,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
  threshold: above,
  datapointsToAlarm: 1,
  evaluationPeriods: 2,
  // the watch writes only what it has found
  treatMissingData: TreatMissingData.NOT_BREACHING,
});

export interface WatchAlarmsProps {
  /** Name of the deployment. */
  readonly deployment: string;
  /** The function of the watch. */
  readonly watch: LambdaFunction;
  /** True if curated tables are kept up to date. */
  readonly isCurated: boolean;
  readonly alerts: Alerts;
}

/** Alarms on what the watch finds for the whole deployment, and on the watch itself. */
export class WatchAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { deployment, watch, isCurated, alerts }: WatchAlarmsProps) {
    super(scope, id);
    const period = Duration.minutes(WATCH_MINUTES);
    const stopped = alerts.add(this, 'Stopped', {
      alarmName: `${deployment}-watch-stopped`,
      says: 'For an hour, the watch of this deployment did not run or failed. Other alarms on things that do not happen cannot fire.',
      runbook: 'watch-stopped',
      metric: new MathExpression({
        label: 'successful checks',
        expression: 'runs - FILL(failed, 0)',
        period,
        usingMetrics: {
          runs: watch.metricInvocations({ statistic: 'Sum', period }),
          failed: watch.metricErrors({ statistic: 'Sum', period }),
        },
      }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: MISSED_CHECKS,
      treatMissingData: TreatMissingData.BREACHING,
    });
    const arrived = alerts.add(this, 'DeadLetters', {
      ...whileFound(createWatchMetric(deployment, 'arrived')),
      alarmName: `${deployment}-dead-letters`,
      says: 'Events failed or were not delivered, and no later run has done their work.',
      runbook: 'dead-letters',
    });
    const old = alerts.add(this, 'OldDeadLetters', {
      ...whileFound(createWatchMetric(deployment, 'oldest'), MAX_DEAD_LETTER_HOURS * 3_600),
      alarmName: `${deployment}-dead-letters-old`,
      says: `A message has waited in a dead-letter queue for more than ${MAX_DEAD_LETTER_HOURS} hours.`,
      runbook: 'dead-letters-old',
    });
    const curation = isCurated
      ? [
          alerts.add(this, 'CurationBehind', {
            ...whileFound(createWatchMetric(deployment, 'curation')),
            alarmName: `${deployment}-curation-behind`,
            says: 'Curated tables lack records that have been in the lake for more than three hours.',
            runbook: 'curation-behind',
          }),
        ]
      : [];
    this.all = [stopped, arrived, old, ...curation];
  }
}
