import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { RUN_METRICS, type RunMetric, TENANT_METRICS } from '../runs/run-metric-names.ts';
import type { RunEnd } from '../runs/run-summary.ts';

/** Metrics of a run: all counts above zero. */
export function collectValues(end: RunEnd): ReadonlyMap<RunMetric, number> {
  const failedBy = (reason: RunEnd['reason']) => (end.outcome === 'failed' && end.reason === reason ? 1 : 0);
  const counts: [RunMetric, number][] = [
    [RUN_METRICS.records, end.records],
    [RUN_METRICS.requests, end.requests],
    [RUN_METRICS.throttled, end.throttled],
    [RUN_METRICS.quarantined, end.quarantined + end.unreadable],
    [RUN_METRICS.failures, end.outcome === 'failed' ? 1 : 0],
    [RUN_METRICS.credentialRefused, failedBy('credential')],
    [RUN_METRICS.budgetStarved, failedBy('rate_limited')],
  ];
  return new Map(counts.filter(([, value]) => value > 0));
}

/** Writes a run's metrics to the log in CloudWatch's embedded format. This needs no request and no wait. */
export function publishRun(namespace: string, end: RunEnd): void {
  publish(namespace, end, 'tenant');
  publish(namespace, end, 'endpoint');
}

function publish(namespace: string, end: RunEnd, dimension: 'endpoint' | 'tenant'): void {
  const { tenant, endpoint } = end;
  const values = [...collectValues(end)].filter(([name]) => TENANT_METRICS.has(name) === (dimension === 'tenant'));
  if (values.length === 0) return;
  const metrics = new Metrics({ namespace });
  metrics.clearDefaultDimensions();
  metrics.addDimensions({ [dimension]: end[dimension] });
  for (const [name, value] of Object.entries({ tenant, endpoint }))
    if (name !== dimension) metrics.addMetadata(name, value);
  for (const [name, value] of values) metrics.addMetric(name, MetricUnit.Count, value);
  metrics.publishStoredMetrics();
}
