import { ENDPOINTS } from '../../lambdas/catalog/index.ts';
import { METRICS_TABLE_KEYS, STATE_TABLE_KEYS } from '../../lambdas/config/tables.ts';
import { tenantSchema } from '../../lambdas/config/tenant.ts';
import { ingest } from '../../lambdas/pipeline/ingest.ts';
import { serve, simulate } from '../../local/simulator/index.ts';
import { startStores } from '../support/stores.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import { Meter } from './meter.ts';

const MINUTE = 60_000;
const STEP = 5;
const STEPS = (24 * 60) / STEP;

/** What one live day of one tenant does. */
export interface CountedDay {
  readonly seats: number;
  readonly calls: number;
  /** Versions of calls that were taken; the metrics table is written for each at most once. */
  readonly versions: number;
  readonly runs: number;
  readonly requests: number;
  readonly seconds: number;
  readonly meter: Meter;
  readonly tables: { readonly metrics: string; readonly state: string };
}

/**
 * Lets a simulated centre live through a day, all its endpoints run as their schedules would, on a virtual clock.
 * @param onHour is told after every hour of the day
 */
export async function countDay(seats: number, onHour: (hour: number) => void = () => undefined): Promise<CountedDay> {
  const simulation = simulate({ days: 1, seats });
  const time = new VirtualTime(simulation.startMs);
  const credential = { username: 'acme', password: 'a-secret-token' };
  const server = await serve(simulation, { now: time.now, requestsPerSecond: null, ...credential });
  const stores = await startStores();
  const { METRICS_TABLE, STATE_TABLE } = stores.environment;
  const meter = new Meter(
    new Map([
      [METRICS_TABLE, METRICS_TABLE_KEYS],
      [STATE_TABLE, STATE_TABLE_KEYS],
    ]),
  );
  meter.watch(stores.aws);
  const tenant = tenantSchema.parse({
    name: 'acme',
    baseUrl: server.url,
    secretId: 'acme',
    historyStart: new Date(simulation.startMs).toISOString(),
  });
  const counted = { runs: 0, requests: 0, versions: 0, seconds: 0 };
  try {
    for (let step = 1; step <= STEPS; step++) {
      time.time = Math.max(time.time, simulation.startMs + step * STEP * MINUTE);
      for (const { name, everyMinutes, segmentMetrics } of ENDPOINTS) {
        if ((step * STEP) % everyMinutes !== 0) continue;
        const before = meter.calls;
        const { records, requests } = await ingest({
          endpoint: name,
          tenant,
          scheduledTime: new Date(time.time).toISOString(),
          continuation: 0,
          run: `${name}-${step}`,
          timeLeft: () => 900_000,
          environment: stores.environment,
          aws: stores.aws,
          effects: time.effects(),
        });
        counted.runs += 1;
        counted.requests += requests;
        if (segmentMetrics) counted.versions += records;
        counted.seconds += secondsOf(requests, meter.calls - before);
      }
      if ((step * STEP) % 60 === 0) onHour((step * STEP) / 60);
    }
    const calls = simulation.records('calls', time.time).length;
    const tables = { metrics: METRICS_TABLE, state: STATE_TABLE };
    return { seats, calls, ...counted, meter, tables };
  } finally {
    await stores.close();
    await server.close();
  }
}

/** Seconds a run is billed for in Lambda: an assumption on the safe side, since nothing here waits for a network. */
const secondsOf = (requests: number, awsCalls: number) => 0.2 + 0.25 * requests + 0.008 * awsCalls;
