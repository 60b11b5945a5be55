import type { TimeRange } from '../../lambdas/config/time-range.ts';
import type { Run, Simulation, TenantState } from './simulation.ts';

/** Attempts of a slice, as a state machine would make them. */
const ATTEMPTS = 6;

/** Backfills slices of a tail at times that nobody foresees: some overlap, some reach into what live runs read. */
export function scheduleBackfills(simulation: Simulation, state: TenantState, endpoint: string): void {
  const { world, scheduler } = simulation;
  const { random } = scheduler;
  for (let slice = 0; slice < state.world.backfills; slice++) {
    const from = world.start - random.int(-10 * 60_000, 2 * state.world.history.span);
    const to = from + random.skewed(1, 2 * state.world.history.span);
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    scheduler.after(random.int(0, world.chaos), () => new Slice(simulation, state, endpoint, range).start());
  }
}

/** One slice until it is done, or given up. */
class Slice {
  readonly #simulation: Simulation;
  readonly #state: TenantState;
  readonly #endpoint: string;
  readonly #range: TimeRange;
  #from: string;
  #attempts = 0;

  constructor(simulation: Simulation, state: TenantState, endpoint: string, range: TimeRange) {
    this.#simulation = simulation;
    this.#state = state;
    this.#endpoint = endpoint;
    this.#range = range;
    this.#from = range.from;
  }

  start(): void {
    const { world, scheduler } = this.#simulation;
    const { random } = scheduler;
    // what runs when the faults stop may end, but nothing starts any more
    if (scheduler.now >= world.start + world.chaos || ++this.#attempts > ATTEMPTS) return;
    const limit = random.chance(0.6) ? undefined : random.int(61_000, 300_000);
    const range = { from: this.#from, to: this.#range.to };
    this.#simulation.launch(this.#state, this.#endpoint, limit, range, (run) => this.#ended(run));
  }

  #ended({ outcome, reached }: Run): void {
    const { scheduler } = this.#simulation;
    if (outcome === 'done') {
      const to = Date.parse(reached ?? this.#range.from);
      this.#state.covered.push({ endpoint: this.#endpoint, from: Date.parse(this.#range.from), to });
      return;
    }
    this.#from = reached ?? this.#from;
    scheduler.after(scheduler.random.skewed(10, 60_000), () => this.start());
  }
}
