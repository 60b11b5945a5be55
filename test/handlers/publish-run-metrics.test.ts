import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { publishRun as PublishRun } from '../../lambdas/handlers/publish-run-metrics.ts';
import type { RunEnd } from '../../lambdas/runs/run-summary.ts';

let publishRun: typeof PublishRun;
const written: string[] = [];

beforeAll(async () => {
  ({ publishRun } = await import('../../lambdas/handlers/publish-run-metrics.ts'));
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
  unreadable: 0,
  warnings: [],
  from: null,
  to: null,
  lagSeconds: 0,
  cursorAgeSeconds: 7,
};

/** The metrics of a run as CloudWatch reads them out of the log: by dimension. */
function published(changes: Partial<RunEnd>) {
  publishRun('ccaip', { ...IDLE, ...changes });
  const found: Record<string, { readonly values: Record<string, number>; readonly units: Record<string, string> }> = {};
  for (const text of written) {
    const { _aws, ...line } = JSON.parse(text);
    expect(_aws.CloudWatchMetrics).toHaveLength(1);
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    expect(Namespace).toBe('ccaip');
    expect(line).toMatchObject({ endpoint: 'call', tenant: 'acme' });
    const by: [string, unknown][] = Metrics.map(({ Name, Unit }: Record<string, string>) => [Name, Unit]);
    found[JSON.stringify(Dimensions)] = {
      values: Object.fromEntries(by.map(([name]) => [name, line[name]])),
      units: JSON.parse(JSON.stringify(Object.fromEntries(by))),
    };
  }
  const { values, units } = { values: {}, units: {}, ...found['[["endpoint"]]'] };
  return { dimensions: Object.keys(found), byEndpoint: values, units, byTenant: found['[["tenant"]]']?.values };
}

describe('the metrics of a run', () => {
  it('are none if there was nothing to do: an idle endpoint costs no metric', () => {
    expect(published({})).toEqual({ dimensions: [], byEndpoint: {}, units: {}, byTenant: undefined });
    expect(published({ outcome: 'more' }).dimensions).toEqual([]);
  });

  it('have counts, each by endpoint or by tenant and never by both', () => {
    const { byEndpoint, byTenant, units } = published({ records: 3, requests: 5, throttled: 1, quarantined: 2 });
    expect(byTenant).toEqual({ Records: 3, Requests: 5, Throttled: 1, Quarantined: 2 });
    expect(byEndpoint).toEqual({});
    expect(units).toEqual({});
    const failed = published({ outcome: 'failed', reason: 'transient' });
    expect(failed).toMatchObject({ byEndpoint: { Failures: 1 }, units: { Failures: 'Count' } });
  });

  it.each([
    ['credential', { CredentialRefused: 1 }],
    ['rate_limited', { BudgetStarved: 1 }],
    ['contract', undefined],
    ['unexpected', undefined],
  ] as const)('tell of a failure for the reason %s who has to act', (reason, expected) => {
    const { byEndpoint, byTenant } = published({ outcome: 'failed', reason });
    expect(byEndpoint).toEqual({ Failures: 1 });
    expect(byTenant).toEqual(expected);
  });
});
