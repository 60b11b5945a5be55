import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateLake } from '../../local/aws/local-aws.ts';
import { simulate } from '../../simulator/simulation.ts';
import { writeSimulatedLake } from '../support/simulated-lake.ts';
import type { Figure } from './bench-figure.ts';
import { BenchProcess } from './child-process.ts';

const CALLS = 100_000;
const DAYS = 14;
const SEATS = 600;

/** Seconds that `ccaip report` takes over 100,000 calls, its start included, and the size of what it writes. */
export async function reportFigures(): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'ccaip-bench-report-'));
  try {
    const lake = locateLake(dir);
    await mkdir(lake, { recursive: true });
    const simulation = simulate({ seats: SEATS, days: DAYS, callsPerDay: Math.ceil(CALLS / DAYS) });
    await writeSimulatedLake(lake, simulation, simulation.endMs);
    const out = join(dir, 'report.html');
    const started = performance.now();
    const child = new BenchProcess('report-figures', ['report', '--dir', dir, '--out', out]);
    await child.next();
    const seconds = (performance.now() - started) / 1000;
    const { length } = await readFile(out);
    return [
      { name: `report over ${CALLS.toLocaleString('en')} calls`, value: seconds, unit: 's', aim: { atMost: 10 } },
      { name: 'report, size', value: length / 1e6, unit: 'MB', aim: { atMost: 2 } },
    ];
  } finally {
    await rm(dir, { recursive: true });
  }
}
