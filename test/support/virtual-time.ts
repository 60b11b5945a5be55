import type { Effects } from '../../lambdas/common/effects.ts';

/** A clock that moves only when a program sleeps. */
export class VirtualTime {
  time: number;
  /** Every pause that was asked for, milliseconds. */
  readonly sleeps: number[] = [];
  #seed: number;

  /** @param seed of the random numbers */
  constructor(start: string | number = '2026-03-02T12:00:00.000Z', seed = 1) {
    this.#seed = seed;
    this.time = typeof start === 'number' ? start : Date.parse(start);
  }

  readonly now = () => this.time;

  readonly sleep = async (milliseconds: number) => {
    this.sleeps.push(milliseconds);
    this.time += milliseconds;
  };

  /** Uniform in [0, 1), the same sequence for a seed in every test. */
  readonly random = () => {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  };

  effects(overrides: Partial<Effects> = {}): Effects {
    return {
      now: this.now,
      sleep: this.sleep,
      breathe: async () => undefined,
      random: this.random,
      fetch: (input, init) => fetch(input, init),
      ...overrides,
    };
  }
}

/**
 * Several functions on one clock: it advances to the next wake-up when all of them sleep, whatever real input and
 * output they do in between.
 */
export class SharedTime {
  time: number;
  #awake = 0;
  #sleepers: { wake: number; order: number; resume: () => void }[] = [];
  #order = 0;

  constructor(start = Date.parse('2026-03-02T12:00:00.000Z')) {
    this.time = start;
  }

  readonly now = () => this.time;

  readonly sleep = (milliseconds: number) =>
    new Promise<void>((resume) => {
      this.#sleepers.push({ wake: this.time + milliseconds, order: this.#order++, resume });
      this.#awake -= 1;
      this.#next();
    });

  /** Runs the functions until all have ended. */
  async run(functions: readonly (() => Promise<void>)[]): Promise<void> {
    this.#awake = functions.length;
    await Promise.all(
      functions.map(async (each) => {
        await each();
        this.#awake -= 1;
        this.#next();
      }),
    );
  }

  #next() {
    if (this.#awake > 0) return;
    this.#sleepers.sort((a, b) => a.wake - b.wake || a.order - b.order);
    const first = this.#sleepers.shift();
    if (first === undefined) return;
    this.time = Math.max(this.time, first.wake);
    this.#awake += 1;
    first.resume();
  }
}
