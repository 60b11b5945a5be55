import { parentPort } from 'node:worker_threads';
import { listPaths } from '../../../catalog/index.ts';
import { serve } from '../../../simulator/api-server.ts';
import { simulate } from '../../../simulator/simulation.ts';

// Entry of a thread: serves the simulated contact centre without a rate limit.
const simulation = simulate();
const server = await serve(simulation, {
  now: () => simulation.endMs,
  requestsPerSecond: null,
  emptyCollections: listPaths(),
  username: 'bench',
  password: 'bench',
});
parentPort?.postMessage(server.url);
