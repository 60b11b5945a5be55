import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { RUN_METRICS } from '../lambdas/config/run-metrics.ts';

type Dimension = { readonly endpoint: string } | { readonly tenant: string };

/**
 * A metric that the functions write: the greatest time, or the sum of a count.
 * @param deployment name of the deployment, which is the namespace
 */
export function runMetric(
  deployment: string,
  metric: keyof typeof RUN_METRICS,
  dimension: Dimension,
  options: MetricOptions = {},
): Metric {
  const metricName = RUN_METRICS[metric];
  return new Metric({
    namespace: deployment,
    metricName,
    dimensionsMap: { ...dimension },
    statistic: metricName.endsWith('Seconds') ? 'Maximum' : 'Sum',
    period: Duration.minutes(5),
    ...options,
  });
}
