import type { TimeRange } from '../../lambdas/common/time-range.ts';
import type { Run, Simulation, TenantState } from './chaos-simulation.ts';

const MINUTE = 60_000;

/** Number of times a backfill is resumed after the faults. */
const ATTEMPTS = 12;

/** Backfills slices of a tail at random times: some overlap, some reach into what live runs read. */
export function scheduleBackfills(simulation: Simulation, state: TenantState, endpoint: string): void {
  const { world, scheduler } = simulation;
  const { random } = scheduler;
  for (let slice = 0; slice < state.world.backfills; slice++) {
    const { span } = state.world.history;
    const from = world.start - random.int(-MINUTE, Math.floor(1.2 * span));
    const to = from + random.skewed(span / 8, 2 * span);
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    scheduler.after(random.int(MINUTE, world.chaos), () => {
      const started = new Slice(simulation, state, endpoint, range);
      simulation.slices.push(started);
      started.start();
    });
  }
}

/** Resumes unfinished backfills after the faults have stopped, as their caller would. */
export async function finishBackfills({ slices, scheduler }: Simulation): Promise<void> {
  for (let attempt = 0; slices.some(({ isDone }) => !isDone); attempt++) {
    if (attempt === ATTEMPTS) throw new Error('a backfill is never done');
    for (const slice of slices) slice.takeUp();
    // also ends if the remaining ones were frozen and died: they are resumed
    await scheduler.run(() => slices.every(({ isDone }) => isDone));
  }
}

/** One slice until it is done. */
export class Slice {
  readonly #simulation: Simulation;
  readonly #state: TenantState;
  readonly #endpoint: string;
  readonly #range: TimeRange;
  #from: string;
  #runs: Run[] = [];
  isDone = false;

  constructor(simulation: Simulation, state: TenantState, endpoint: string, range: TimeRange) {
    this.#simulation = simulation;
    this.#state = state;
    this.#endpoint = endpoint;
    this.#range = range;
    this.#from = range.from;
  }

  start(): void {
    if (this.isDone) return;
    const { random } = this.#simulation.scheduler;
    const limit = random.chance(0.6) ? undefined : random.int(61_000, 300_000);
    const range = { from: this.#from, to: this.#range.to };
    this.#runs.push(this.#simulation.launch(this.#state, this.#endpoint, limit, range, (run) => this.#ended(run)));
  }

  /** Starts again if no run is active: a run that died does not report it. */
  takeUp(): void {
    if (this.#runs.every(({ process }) => !process.isRunning)) this.start();
  }

  #ended({ outcome, reached }: Run): void {
    const { scheduler } = this.#simulation;
    this.#from = reached ?? this.#from;
    if (outcome === 'done') {
      this.isDone = true;
      const from = Date.parse(this.#range.from);
      this.#state.covered.push({ endpoint: this.#endpoint, from, to: Date.parse(this.#from) });
    } else scheduler.after(scheduler.random.skewed(10, 60_000), () => this.takeUp());
  }
}
