import { parentPort, workerData } from 'node:worker_threads';
import { simulateSeeds } from './simulate-seed.ts';

/** Which seeds a worker simulates. */
export interface Share {
  readonly from: number;
  readonly until: number;
  readonly step: number;
}

/** Seeds whose lakes are looked at together. */
const TOGETHER = 25;

const { from, until, step }: Share = workerData;
for (let first = from; first < until; first += TOGETHER * step) {
  const seeds = Array.from({ length: TOGETHER }, (_, index) => first + index * step).filter((seed) => seed < until);
  for (const outcome of await simulateSeeds(seeds)) parentPort?.postMessage(outcome);
}
