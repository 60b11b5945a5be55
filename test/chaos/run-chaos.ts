import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { isQuirkName, QUIRK_NAMES, type QuirkName } from '../../simulator/quirks.ts';
import { describeFailure } from './chaos-report.ts';
import type { Share } from './chaos-worker.ts';
import { type Outcome, simulateSeeds } from './simulate-seed.ts';

const USAGE = `Simulates ingestion under faults, one seed after the other.

  node test/chaos/run-chaos.ts --seeds 10000 [--from 1] [--workers 2]   many seeds
  node test/chaos/run-chaos.ts --seed 123 [--trace]                     one seed, with every step

  --quirks none | a list such as total-off,poison-record   what all platforms do wrong
                                                           (default: as the seed says, nothing in half of the seeds)
`;

/** Failing seeds that are described; of the others only the numbers are given. */
const DESCRIBED = 5;

const PROGRESS_MS = 15_000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string' },
    quirks: { type: 'string' },
    trace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [seeds, from, workers, seed] = [values.seeds, values.from, values.workers, values.seed].map(Number);
const quirks = values.quirks === undefined ? undefined : parseQuirks(values.quirks);
if (values.help || (values.seed === undefined) === (values.seeds === undefined)) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else if (values.seed !== undefined) await replay(seed ?? Number.NaN);
else await runMany(from ?? 1, seeds ?? Number.NaN, workers ?? 1);

function parseQuirks(text: string): QuirkName[] {
  const names = text === 'none' ? [] : text.split(',');
  const unknown = names.find((name) => !isQuirkName(name));
  if (unknown !== undefined) throw new Error(`there is no quirk "${unknown}": there are ${QUIRK_NAMES.join(', ')}`);
  return names.filter(isQuirkName);
}

async function replay(seed: number): Promise<void> {
  const [outcome] = await simulateSeeds([seed], { print: values.trace ? console.log : undefined, quirks });
  if (outcome === undefined) return;
  const { violations, hash, steps, runs } = outcome;
  if (violations.length > 0) console.log(describeFailure(outcome));
  console.log(
    `seed ${seed}: ${runs} runs, ${steps} steps, trace ${hash}, ${violations.length} broken; quirks: ${outcome.quirks.join(', ') || 'none'}`,
  );
  process.exitCode = violations.length > 0 ? 1 : 0;
}

async function runMany(from: number, count: number, threads: number): Promise<void> {
  const startedAt = Date.now();
  const failing: number[] = [];
  const totals = { seeds: 0, runs: 0, steps: 0 };
  const rate = () => `${((1000 * totals.seeds) / (Date.now() - startedAt)).toFixed(1)} seeds/s`;
  const note = (outcome: Outcome) => {
    totals.seeds += 1;
    totals.runs += outcome.runs;
    totals.steps += outcome.steps;
    if (outcome.violations.length === 0) return;
    failing.push(outcome.seed);
    if (failing.length <= DESCRIBED) console.log(describeFailure(outcome));
  };
  const progress = setInterval(
    () => console.log(`${totals.seeds}/${count} seeds, ${failing.length} failing, ${rate()}`),
    PROGRESS_MS,
  );
  const shares = Array.from(
    { length: threads },
    (_, i): Share => ({ from: from + i, until: from + count, step: threads, quirks }),
  );
  await Promise.all(shares.map((share) => simulateShare(share, note)));
  clearInterval(progress);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  console.log(
    `${totals.seeds} seeds (${from} to ${from + count - 1}) in ${seconds} s, ${rate()}: ${totals.runs} runs, ${totals.steps} steps, ${failing.length} seeds failing${
      failing.length > 0
        ? `: ${failing
            .sort((a, b) => a - b)
            .slice(0, 50)
            .join(' ')}`
        : ''
    }`,
  );
  process.exitCode = failing.length > 0 ? 1 : 0;
}

function simulateShare(share: Share, note: (outcome: Outcome) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    new Worker(new URL('chaos-worker.ts', import.meta.url), { workerData: share })
      .on('message', note)
      .on('error', reject)
      .on('exit', () => resolve());
  });
}
