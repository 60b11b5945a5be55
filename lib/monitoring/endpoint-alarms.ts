import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import type { Alerts } from './alerts.ts';
import { createRunMetric } from './run-metric.ts';

/** An endpoint is behind after this many missed runs in a row. */
const MISSED_RUNS = 3;

/** Minimum minutes before the alarm, because a long run or a short outage needs no action. */
const MIN_FRESHNESS_MINUTES = 30;

/** Number of hours of a day with quarantined records before the alarm. A single bad record does not trigger it. */
const HOURS_OF_QUARANTINE = 3;

export interface EndpointAlarmsProps {
  /** Name of the deployment. */
  readonly deployment: string;
  readonly endpoint: Endpoint;
  readonly ingestion: EndpointIngestion;
  readonly alerts: Alerts;
  /** Minutes between two runs for the tenant with the slowest cadence. */
  readonly everyMinutes: number;
}

/** Maximum age of an endpoint's data, minutes. */
export const computeFreshnessMinutes = (everyMinutes: number): number =>
  Math.max(MIN_FRESHNESS_MINUTES, MISSED_RUNS * everyMinutes);

/** Alarms for problems of an endpoint that need a person. */
export class EndpointAlarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(
    scope: Construct,
    id: string,
    { deployment, endpoint, ingestion, alerts, everyMinutes }: EndpointAlarmsProps,
  ) {
    super(scope, id);
    const { name, title } = endpoint;
    const target = computeFreshnessMinutes(everyMinutes);
    const behind = alerts.add(this, 'Behind', {
      alarmName: `${deployment}-${name}-behind`,
      says: `For at least one tenant, ${title} last caught up more than ${target} minutes ago.`,
      runbook: 'endpoint-behind',
      metric: createRunMetric(deployment, 'lag', name, { period: Duration.minutes(Math.max(5, everyMinutes)) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: target * 60,
      evaluationPeriods: 1,
      // between two runs there is no data, so the alarm keeps its state
      treatMissingData: TreatMissingData.IGNORE,
    });
    const deadLetters = alerts.add(this, 'DeadLetters', {
      alarmName: `${deployment}-${name}-dead-letters`,
      says: `Events of ${title} failed or were not delivered. They are in a dead-letter queue.`,
      runbook: 'dead-letters',
      metric: new MathExpression({
        label: 'dead letters',
        expression: 'MAX([failed, undelivered])',
        period: Duration.minutes(5),
        usingMetrics: {
          failed: ingestion.failed.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
          undelivered: ingestion.undelivered.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum' }),
        },
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // a queue without traffic for hours reports no metric
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const quarantine = alerts.add(this, 'Quarantine', {
      alarmName: `${deployment}-${name}-quarantine-growing`,
      says: `Records of ${title} failed validation in ${HOURS_OF_QUARANTINE} hours of the last day.`,
      runbook: 'quarantine-growing',
      metric: createRunMetric(deployment, 'quarantined', name, { period: Duration.hours(1) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      datapointsToAlarm: HOURS_OF_QUARANTINE,
      evaluationPeriods: 24,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.all = [behind, deadLetters, quarantine];
  }
}
