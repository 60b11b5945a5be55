import { ENDPOINTS, type Endpoint, listPaths } from '../../catalog/index.ts';
import { collectValues } from '../../lambdas/handlers/publish-run-metrics.ts';
import { tenantSchema } from '../../lambdas/platform/tenant.ts';
import { ingest } from '../../lambdas/runs/ingest.ts';
import { TENANT_METRICS } from '../../lambdas/runs/run-metric-names.ts';
import type { RunEnd } from '../../lambdas/runs/run-summary.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../packages/reader/table-keys.ts';
import { serve } from '../../simulator/api-server.ts';
import { simulate } from '../../simulator/simulation.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { Containers } from './containers.ts';
import { Meter } from './meter.ts';

const MINUTE = 60_000;
const STEP = 5;
const DAY = 24 * 60;
const STORES = { LAKE_BUCKET: 'lake', METRICS_TABLE: 'metrics', STATE_TABLE: 'state' };
const CREDENTIAL = { username: 'acme', password: 'a-secret-token' };

export interface DayOptions {
  readonly seats: number;
  /** No endpoint runs more often than this. @default - as the catalog says */
  readonly leastMinutes?: number;
  /** Is told after every hour of the day. */
  readonly onHour?: (hour: number) => void;
}

/** What functions of one size do. */
export interface Work {
  readonly runs: number;
  /** Runs that began with a new container. */
  readonly coldStarts: number;
  /** Requests to the platform. */
  readonly requests: number;
  /** Requests to AWS, and how often their answers are waited for. */
  readonly calls: number;
  readonly waits: number;
}

/** What one live day of one tenant does. */
export interface CountedDay {
  readonly calls: number;
  /** Versions of calls that were taken; the metrics table is written for each at most once. */
  readonly versions: number;
  readonly runs: number;
  /** Of functions that compute metrics, and of all others. */
  readonly work: { readonly withMetrics: Work; readonly plain: Work };
  /** Hours in which a custom metric had a value, over all metrics. */
  readonly metricHours: number;
  readonly meter: Meter;
}

/**
 * Lets a simulated centre live through a day, all its endpoints run as their schedules would, on a virtual clock. The day before is
 * taken in one catch-up and not counted: by then the stores know what they know of any day.
 */
export async function countDay({ seats, leastMinutes = 0, onHour }: DayOptions): Promise<CountedDay> {
  const simulation = simulate({ days: 2, seats });
  const dayStart = simulation.startMs + DAY * MINUTE;
  const time = new VirtualTime(dayStart);
  const server = await serve(simulation, {
    now: time.now,
    requestsPerSecond: null,
    emptyCollections: listPaths(),
    ...CREDENTIAL,
  });
  const meter = new Meter({ metrics: METRICS_TABLE_KEYS, state: STATE_TABLE_KEYS }, JSON.stringify(CREDENTIAL));
  const containers = new Containers(meter.aws.secrets, time.now);
  const tenant = tenantSchema.parse({
    name: 'acme',
    baseUrl: server.url,
    secretId: 'acme',
    historyStart: new Date(simulation.startMs).toISOString(),
  });
  const counted = { runs: 0, versions: 0 };
  const work = { withMetrics: noWork(), plain: noWork() };
  const metricHours = new Set<string>();
  const run = async ({ name, segmentMetrics }: Endpoint) => {
    const started = containers.started;
    const credentials = containers.credentialsFor(name);
    const { calls, waits } = meter;
    const { records, requests } = await ingest({
      endpoint: name,
      tenant,
      scheduledTime: new Date(time.time).toISOString(),
      continuation: 0,
      run: `0b0e3b5c-5f5e-4b0a-9c39-${String(counted.runs).padStart(12, '0')}`,
      timeLeft: () => 900_000,
      environment: STORES,
      aws: meter.aws,
      credentials,
      effects: time.effects(),
      onEnd: (end) => {
        for (const metric of metricsOf(end)) metricHours.add(`${Math.floor(time.time / (60 * MINUTE))} ${metric}`);
      },
    });
    counted.runs += 1;
    const own = segmentMetrics ? work.withMetrics : work.plain;
    own.runs += 1;
    own.coldStarts += containers.started - started;
    own.requests += requests;
    own.calls += meter.calls - calls;
    own.waits += meter.waits - waits;
    if (segmentMetrics) counted.versions += records;
  };
  const callsNow = () => simulation.records('calls', time.time).length;
  try {
    for (const endpoint of ENDPOINTS) await run(endpoint);
    const before = callsNow();
    meter.reset();
    metricHours.clear();
    Object.assign(counted, { runs: 0, versions: 0 });
    Object.assign(work, { withMetrics: noWork(), plain: noWork() });
    for (let minute = STEP; minute <= DAY; minute += STEP) {
      time.time = Math.max(time.time, dayStart + minute * MINUTE);
      for (const endpoint of ENDPOINTS)
        if (minute % Math.max(endpoint.everyMinutes, leastMinutes) === 0) await run(endpoint);
      if (minute % 60 === 0) onHour?.(minute / 60);
    }
    const calls = callsNow() - before;
    return { calls, ...counted, work, metricHours: metricHours.size, meter };
  } finally {
    await server.close();
  }
}

const noWork = () => ({ runs: 0, coldStarts: 0, requests: 0, calls: 0, waits: 0 });

/** A metric of another endpoint or tenant is another metric. */
const metricsOf = (end: RunEnd) =>
  [...collectValues(end).keys()].map((name) => `${name} ${TENANT_METRICS.has(name) ? end.tenant : end.endpoint}`);
