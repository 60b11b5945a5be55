import { BACKFILLED } from '../../lambdas/runs/backfill-slices.ts';
import { finishBackfills, scheduleBackfills } from './chaos-backfills.ts';
import { ChaosLake } from './chaos-lake.ts';
import { isNested, type Run, Simulation, type TenantState } from './chaos-simulation.ts';
import { checkLaws, readLines } from './laws/check-laws.ts';
import type { Violation } from './laws/violation.ts';
import { Trace } from './trace.ts';
import { useVirtualTimeouts } from './virtual-timeout.ts';

/** Longer than a lease and any clock skew, milliseconds. */
const QUIET = 130_000;

/** Attempts of the runs after the faults: a frozen function may still hold the lease. */
const ATTEMPTS = 12;

/** What a seed gave. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Equal for equal runs. */
  readonly hash: string;
  readonly steps: number;
  readonly runs: number;
  readonly lastSteps: readonly string[];
}

/**
 * Some seeds, each with all laws.
 * @param print receives every step
 */
export async function simulateSeeds(seeds: readonly number[], print?: (line: string) => void): Promise<Outcome[]> {
  const lake = new ChaosLake();
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await simulate(seed, lake, print));
  const found = await lake.check();
  return outcomes.map((each) => ({ ...each, violations: [...each.violations, ...(found.get(each.seed) ?? [])] }));
}

/**
 * One seed: chaos, then calm; everything runs once more, the laws are checked; everything runs yet once more, and nothing
 * may change. What it left behind goes into the lake.
 */
async function simulate(seed: number, lake: ChaosLake, print?: (line: string) => void): Promise<Outcome> {
  useVirtualTimeouts();
  const trace = new Trace(print);
  const simulation = new Simulation(seed, trace);
  const violations: Violation[] = [];
  try {
    await chaos(simulation);
    await finishBackfills(simulation);
    await runEverything(simulation);
    // frozen functions wake up late: they must not spoil what others did meanwhile
    const frozen = simulation.runs.filter(({ process, range }) => process.isRunning && range !== undefined);
    await simulation.scheduler.run(() => simulation.runs.every(({ process }) => !process.isRunning));
    // what a backfill commits is good however late, and everybody else goes on from it
    if (frozen.length > 0) await runEverything(simulation);
    violations.push(...simulation.violations, ...simulation.watch.violations, ...checkLaws(simulation));
    if (violations.length === 0) violations.push(...(await idleAgain(simulation)));
    lake.add(seed, readLines(simulation), simulation.aws.s3.objects);
  } catch (error) {
    const message = error instanceof Error ? `${error.stack}` : String(error);
    violations.push({ law: 'unlocked', tenant: '', endpoint: '', record: '', message });
  }
  const { hash, steps } = trace;
  return { seed, violations, hash, steps, runs: simulation.runs.length, lastSteps: trace.last() };
}

async function chaos(simulation: Simulation): Promise<void> {
  const { world, scheduler, tenants, faults } = simulation;
  for (const state of tenants) {
    state.writers.start();
    for (const endpoint in state.world.schedules) {
      scheduleRuns(simulation, state, endpoint);
      if (BACKFILLED.includes(endpoint)) scheduleBackfills(simulation, state, endpoint);
    }
  }
  await scheduler.pass(world.chaos);
  faults.stop();
  for (const { writers } of tenants) writers.stop();
  await scheduler.run(() => !simulation.isBusy);
  await scheduler.pass(QUIET);
}

/** The schedule's events of one endpoint: some come twice, late or never. */
function scheduleRuns(simulation: Simulation, state: TenantState, endpoint: string): void {
  const { world, scheduler } = simulation;
  const { random } = scheduler;
  const every = state.world.schedules[endpoint] ?? 0;
  const end = world.start + world.chaos;
  const event = (delay: number) =>
    scheduler.after(delay, () => {
      if (scheduler.now < end)
        simulation.launch(state, endpoint, random.chance(0.7) ? undefined : random.int(61_000, 300_000));
    });
  for (let at = random.int(0, every); at < world.chaos; at += every) {
    if (random.chance(world.events.lost)) continue;
    const late = random.chance(world.events.late) ? random.skewed(1, 2 * every) : 0;
    event(at + late);
    if (random.chance(world.events.twice)) event(at + random.skewed(1, every));
  }
}

/** Runs every endpoint until it is done, parents before what is nested in them. */
async function runEverything(simulation: Simulation): Promise<void> {
  for (const nested of [false, true]) {
    let left = simulation.tenants.flatMap((state) =>
      Object.keys(state.world.schedules)
        .filter((endpoint) => isNested(endpoint) === nested)
        .map((endpoint) => ({ state, endpoint })),
    );
    for (let attempt = 1; left.length > 0; attempt++) {
      const runs = left.map(({ state, endpoint }) => simulation.launch(state, endpoint));
      await simulation.scheduler.run(() => runs.every(({ process }) => !process.isRunning));
      const notDone = runs.filter(({ outcome }) => outcome !== 'done');
      if (notDone.length > 0 && attempt === ATTEMPTS) throw new Error(`never done: ${describe(notDone)}`);
      if (notDone.some(({ outcome }) => outcome === 'failed'))
        throw new Error(`failed without faults: ${describe(notDone)}`);
      if (notDone.some(({ outcome }) => outcome === 'lease_held')) await simulation.scheduler.pass(QUIET);
      left = notDone;
    }
  }
}

async function idleAgain(simulation: Simulation): Promise<Violation[]> {
  const before = { ...simulation.watch.writes };
  await runEverything(simulation);
  const after = simulation.watch.writes;
  const changed = (['objects', 'items', 'batches'] as const).filter((kind) => after[kind] !== before[kind]);
  return changed.map((kind) => ({
    law: 'idle',
    tenant: '',
    endpoint: '',
    record: kind,
    message: `${after[kind] - before[kind]} ${kind} written although nothing had changed`,
  }));
}

const describe = (runs: readonly Run[]) =>
  runs
    .map(({ process, outcome, error }) => `${process.name} ${outcome} ${error instanceof Error ? error.message : ''}`)
    .join('; ');
