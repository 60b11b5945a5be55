import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from './simulate-seed.ts';

/** Which seeds a worker simulates. */
export interface Share {
  readonly from: number;
  readonly until: number;
  readonly step: number;
}

const { from, until, step }: Share = workerData;
for (let seed = from; seed < until; seed += step) parentPort?.postMessage(await simulate(seed));
