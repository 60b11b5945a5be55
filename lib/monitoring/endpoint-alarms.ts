import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Endpoint } from '../../catalog/index.ts';
import type { EndpointIngestion } from '../ingestion/endpoint-ingestion.ts';
import type { Alerts } from './alerts.ts';
import { createRunMetric } from './run-metric.ts';

/** An endpoint is behind when so many runs in a row were missed ... */
const MISSED_RUNS = 3;

/** ... but never after less time than this: a long run or a short outage is no reason to wake anybody. */
const MIN_FRESHNESS_MINUTES = 30;

/** Quarantine grows when records come to it in so many of the hours of a day. A single odd record does not. */
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

/** How old an endpoint's data may become, minutes. */
export const computeFreshnessMinutes = (everyMinutes: number): number =>
  Math.max(MIN_FRESHNESS_MINUTES, MISSED_RUNS * everyMinutes);

/** What can go wrong with an endpoint and needs a person. */
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
      says: `${title} of some tenant was last caught up more than ${target} minutes ago.`,
      runbook: 'endpoint-behind',
      metric: createRunMetric(deployment, 'lag', name, { period: Duration.minutes(Math.max(5, everyMinutes)) }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: target * 60,
      evaluationPeriods: 1,
      // between two runs nothing is known: what was true stays true
      treatMissingData: TreatMissingData.IGNORE,
    });
    const deadLetters = alerts.add(this, 'DeadLetters', {
      alarmName: `${deployment}-${name}-dead-letters`,
      says: `Events of ${title} failed or were not delivered and wait in a dead-letter queue.`,
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
      // a queue that is not used for hours reports nothing
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const quarantine = alerts.add(this, 'Quarantine', {
      alarmName: `${deployment}-${name}-quarantine-growing`,
      says: `Records of ${title} that could not be used came in ${HOURS_OF_QUARANTINE} hours of the last day.`,
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
