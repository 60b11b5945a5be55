import { listPaths } from '../../catalog/index.ts';
import type { IngestEvent } from '../../lambdas/runs/ingest-event.ts';
import { type SimulatorServer, serve } from '../../simulator/api-server.ts';
import { type QuirkName, Quirks } from '../../simulator/quirks.ts';
import { type Simulation, simulate } from '../../simulator/simulation.ts';
import type { SimulationOptions } from '../../simulator/simulation-options.ts';

/** Requests per second that the simulated tenant allows, high so that runs are fast. */
export const RAISED_RATE = 400;

/** A simulated contact centre and its tenant. The caller sets the clock. */
export interface SimulatedTenant {
  readonly simulation: Simulation;
  readonly server: SimulatorServer;
  readonly tenant: IngestEvent['tenant'];
  readonly secrets: Readonly<Record<string, { username: string; password: string }>>;
  /** Virtual time, epoch milliseconds. */
  now: number;
}

const CREDENTIAL = { username: 'simulator', password: 'simulator' };

/** Simulates a centre and serves it on a free port. Its clock stands at the end of the last simulated day. */
export async function startSimulatedTenant(
  options: SimulationOptions,
  name: string,
  quirks?: readonly QuirkName[],
): Promise<SimulatedTenant> {
  const simulation = simulate(options);
  const clock = { now: simulation.endMs };
  const server = await serve(simulation, {
    now: () => clock.now,
    requestsPerSecond: RAISED_RATE,
    emptyCollections: listPaths(),
    ...(quirks && { quirks: new Quirks(quirks, simulation.options.seed) }),
    ...CREDENTIAL,
  });
  return {
    simulation,
    server,
    tenant: {
      name,
      baseUrl: server.url,
      secretId: name,
      requestsPerSecond: RAISED_RATE,
      historyStart: new Date(simulation.startMs).toISOString(),
    },
    secrets: { [name]: CREDENTIAL },
    get now() {
      return clock.now;
    },
    set now(time) {
      clock.now = time;
    },
  };
}
