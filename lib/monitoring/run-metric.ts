import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { RUN_METRICS, TENANT_METRICS } from '../../lambdas/runs/run-metric-names.ts';

/**
 * Creates a metric that the functions of endpoints write: the sum of a count.
 * @param deployment name of the deployment, which is the namespace
 * @param of the endpoint or tenant of the metric
 */
export function createRunMetric(
  deployment: string,
  metric: keyof typeof RUN_METRICS,
  of: string,
  options: MetricOptions = {},
): Metric {
  const metricName = RUN_METRICS[metric];
  return new Metric({
    namespace: deployment,
    metricName,
    dimensionsMap: { [TENANT_METRICS.has(metricName) ? 'tenant' : 'endpoint']: of },
    statistic: 'Sum',
    period: Duration.minutes(5),
    ...options,
  });
}
