import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { WATCH_METRICS } from '../../lambdas/watch/watch-metric-names.ts';

/** Minutes between two checks of the watch. */
export const WATCH_MINUTES = 15;

/**
 * Creates a metric that the watch writes: the highest value of a check.
 * @param deployment name of the deployment, which is the namespace
 * @param tenant @default - the metric is about the whole deployment
 */
export function createWatchMetric(deployment: string, metric: keyof typeof WATCH_METRICS, tenant?: string): Metric {
  return new Metric({
    namespace: deployment,
    metricName: WATCH_METRICS[metric],
    dimensionsMap: tenant === undefined ? { deployment } : { tenant },
    statistic: 'Maximum',
    period: Duration.minutes(WATCH_MINUTES),
  });
}
