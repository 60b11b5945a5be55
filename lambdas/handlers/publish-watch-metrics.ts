import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { WatchReport } from '../watch/check-deployment.ts';
import { WATCH_METRICS, type WatchMetric } from '../watch/watch-metric-names.ts';

/** Values above zero, each with the dimension that it has in CloudWatch. */
interface WatchValue {
  readonly metric: WatchMetric;
  readonly dimension: { readonly tenant: string } | { readonly deployment: string };
  readonly value: number;
}

/** Collects the metrics of a check: all counts above zero. */
export function collectWatchValues(deployment: string, { tenants, curation, deadLetters }: WatchReport): WatchValue[] {
  const own = { deployment };
  const values: WatchValue[] = [
    ...Object.entries(tenants).flatMap(([tenant, { behind, silent }]) => [
      { metric: WATCH_METRICS.behind, dimension: { tenant }, value: behind.length },
      { metric: WATCH_METRICS.silent, dimension: { tenant }, value: silent.length },
    ]),
    { metric: WATCH_METRICS.curation, dimension: own, value: curation.length },
    { metric: WATCH_METRICS.arrived, dimension: own, value: deadLetters.arrived },
    { metric: WATCH_METRICS.oldest, dimension: own, value: deadLetters.oldestSeconds },
  ];
  return values.filter(({ value }) => value > 0);
}

/** Writes the metrics of a check to the log in CloudWatch's embedded format. @param deployment name, which is the namespace */
export function publishWatch(deployment: string, report: WatchReport): void {
  for (const { metric, dimension, value } of collectWatchValues(deployment, report)) {
    const metrics = new Metrics({ namespace: deployment });
    metrics.clearDefaultDimensions();
    metrics.addDimensions({ ...dimension });
    metrics.addMetric(metric, metric.endsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  }
}
