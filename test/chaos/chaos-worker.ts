import { parentPort, workerData } from 'node:worker_threads';
import type { QuirkName } from '../../simulator/quirks.ts';
import { simulateSeeds } from './simulate-seed.ts';

/** Which seeds a worker simulates. */
export interface Share {
  readonly from: number;
  readonly until: number;
  readonly step: number;
  /** What all platforms do wrong. @default - as the seeds say */
  readonly quirks: readonly QuirkName[] | undefined;
}

/** Seeds whose lakes are looked at together. */
const TOGETHER = 25;

const { from, until, step, quirks }: Share = workerData;
for (let first = from; first < until; first += TOGETHER * step) {
  const seeds = Array.from({ length: TOGETHER }, (_, index) => first + index * step).filter((seed) => seed < until);
  for (const outcome of await simulateSeeds(seeds, { quirks })) parentPort?.postMessage(outcome);
}
