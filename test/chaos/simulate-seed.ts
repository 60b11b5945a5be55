import { BACKFILLED } from '../../lambdas/runs/backfill-slices.ts';
import type { QuirkName } from '../../simulator/quirks.ts';
import { MAX_LATE } from './aws/clients.ts';
import { auditEverything } from './chaos-audit.ts';
import { finishBackfills, scheduleBackfills } from './chaos-backfills.ts';
import { ChaosLake } from './chaos-lake.ts';
import { isNested, type Run, Simulation, type TenantState } from './chaos-simulation.ts';
import { STATE_TABLE } from './chaos-tables.ts';
import { checkLaws, readLines } from './laws/check-laws.ts';
import { readJournal } from './laws/unreadable-law.ts';
import type { Violation } from './laws/violation.ts';
import { Trace } from './trace.ts';
import { useVirtualTimeouts } from './virtual-timeout.ts';

/** Longer than a lease and any clock skew, milliseconds. */
const QUIET = 130_000;

/** Attempts of the runs after the faults: a frozen function may still hold the lease. */
const ATTEMPTS = 12;

/** Longer than an unreadable record waits for another try, milliseconds. */
const RETRIED = 25 * 3_600_000;

/** Runs after the faults that try unreadable records again. */
const RETRIES = 20;

/** What a seed gave. */
export interface Outcome {
  readonly seed: number;
  /** What its platforms did wrong. */
  readonly quirks: readonly QuirkName[];
  readonly violations: readonly Violation[];
  /** Equal for equal runs. */
  readonly hash: string;
  readonly steps: number;
  readonly runs: number;
  readonly lastSteps: readonly string[];
}

export interface SeedOptions {
  /** Receives every step. */
  readonly print?: ((line: string) => void) | undefined;
  /** What all platforms do wrong. @default - as the seed says */
  readonly quirks?: readonly QuirkName[] | undefined;
}

/**
 * Some seeds, each with all laws.
 */
export async function simulateSeeds(seeds: readonly number[], { print, quirks }: SeedOptions = {}): Promise<Outcome[]> {
  const lake = new ChaosLake();
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await simulate(seed, lake, { print, quirks }));
  const found = await lake.check();
  return outcomes.map((each) => ({ ...each, violations: [...each.violations, ...(found.get(each.seed) ?? [])] }));
}

/**
 * One seed: chaos, then calm; everything runs once more, the laws are checked; everything runs yet once more, and nothing
 * may change. What it left behind goes into the lake.
 */
async function simulate(seed: number, lake: ChaosLake, { print, quirks }: SeedOptions): Promise<Outcome> {
  useVirtualTimeouts();
  const trace = new Trace(print);
  const simulation = new Simulation(seed, trace, quirks);
  const violations: Violation[] = [];
  try {
    await chaos(simulation);
    await finishBackfills(simulation);
    await runEverything(simulation);
    // frozen functions wake up late: they must not spoil what others did meanwhile
    const frozen = simulation.runs.filter(({ process, range }) => process.isRunning && range !== undefined);
    await simulation.scheduler.run(() => simulation.runs.every(({ process }) => !process.isRunning));
    // a late commit of a backfill is valid, and all others continue from it
    if (frozen.length > 0) await runEverything(simulation);
    await retryUnreadable(simulation);
    violations.push(...simulation.violations, ...simulation.watch.violations, ...checkLaws(simulation));
    if (violations.length === 0) violations.push(...(await idleAgain(simulation)));
    if (violations.length === 0) violations.push(...(await auditEverything(simulation)));
    lake.add(seed, readLines(simulation), simulation.aws.s3.objects);
  } catch (error) {
    const message = error instanceof Error ? `${error.stack}` : String(error);
    violations.push({ law: 'unlocked', tenant: '', endpoint: '', record: '', message });
  }
  const { hash, steps } = trace;
  const names = [...(simulation.world.tenants[0]?.quirks.names ?? [])];
  return { seed, quirks: names, violations, hash, steps, runs: simulation.runs.length, lastSteps: trace.last() };
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
  for (const { writers, platform } of tenants) {
    writers.stop();
    platform.quirks.recover();
  }
  await scheduler.run(() => !simulation.isBusy);
  // what was sent before is done, and all leases have expired
  await scheduler.pass(Math.max(QUIET, MAX_LATE));
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

/** What could not be read for some time is taken after a while; what never can be stays in the journal. */
async function retryUnreadable(simulation: Simulation): Promise<void> {
  const { aws, scheduler } = simulation;
  const journal = () => aws.dynamodb.items(STATE_TABLE).flatMap(readJournal);
  const isDue = () => journal().some(({ retryAt }) => Date.parse(retryAt) <= scheduler.now);
  for (let size = Number.NaN; journal().length > 0 && journal().length !== size; ) {
    size = journal().length;
    await scheduler.pass(RETRIED);
    // a run tries a few of them
    for (let attempt = 0; attempt < RETRIES && isDue(); attempt++) await runEverything(simulation);
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
