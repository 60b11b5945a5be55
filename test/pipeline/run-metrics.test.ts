import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { publishRun as PublishRun } from '../../lambdas/handlers/run-metrics.ts';
import type { RunEnd } from '../../lambdas/pipeline/summary.ts';

let publishRun: typeof PublishRun;
const written: string[] = [];

beforeAll(async () => {
  ({ publishRun } = await import('../../lambdas/handlers/run-metrics.ts'));
});

beforeEach(() => {
  written.length = 0;
  // powertools writes to the global console in development mode only
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  vi.spyOn(console, 'log').mockImplementation((text) => written.push(text));
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const IDLE: RunEnd = {
  tenant: 'acme',
  endpoint: 'call',
  outcome: 'done',
  records: 0,
  batches: 0,
  objects: 0,
  requests: 0,
  throttled: 0,
  quarantined: 0,
  from: null,
  to: null,
  lagSeconds: 0,
  cursorAgeSeconds: 7,
};

/** The metrics of a run as CloudWatch reads them out of the log. */
function published(changes: Partial<RunEnd>) {
  publishRun('ccaip', { ...IDLE, ...changes });
  expect(written).toHaveLength(1);
  const { _aws, ...values } = JSON.parse(written[0] ?? '');
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
  const names: string[] = Metrics.map(({ Name }: { Name: string }) => Name);
  return {
    Namespace,
    Dimensions,
    Metrics,
    values,
    metrics: Object.fromEntries(names.map((name) => [name, values[name]])),
  };
}

describe('the metrics of a run', () => {
  it('are found by endpoint and by tenant, and by nothing else', () => {
    const { Namespace, Dimensions, values } = published({});
    expect(Namespace).toBe('ccaip');
    expect(Dimensions).toEqual([['endpoint'], ['tenant']]);
    expect(values).toMatchObject({ endpoint: 'call', tenant: 'acme' });
  });

  it('are times alone where nothing was to do: an idle endpoint costs no metric more', () => {
    expect(published({}).metrics).toEqual({ LagSeconds: 0, CursorAgeSeconds: 7 });
  });

  it('count what there was, in the units that CloudWatch shows', () => {
    const { metrics, Metrics } = published({ records: 3, requests: 5, throttled: 1, quarantined: 2 });
    expect(metrics).toEqual({
      LagSeconds: 0,
      CursorAgeSeconds: 7,
      Records: 3,
      Requests: 5,
      Throttled: 1,
      Quarantined: 2,
    });
    expect(Metrics.map(({ Unit }: { Unit: string }) => Unit)).toEqual([
      'Seconds',
      'Seconds',
      ...Array(4).fill('Count'),
    ]);
  });

  it('leave out what is not known', () => {
    expect(
      published({ outcome: 'failed', reason: 'transient', lagSeconds: null, cursorAgeSeconds: null }).metrics,
    ).toEqual({ Failures: 1 });
  });

  it.each([
    ['credential', { Failures: 1, CredentialRefused: 1 }],
    ['rate_limited', { Failures: 1, BudgetStarved: 1 }],
    ['contract', { Failures: 1 }],
    ['unexpected', { Failures: 1 }],
  ] as const)('tell of a failure for the reason %s who has to act', (reason, expected) => {
    expect(published({ outcome: 'failed', reason }).metrics).toEqual({
      LagSeconds: 0,
      CursorAgeSeconds: 7,
      ...expected,
    });
  });
});
