import { Random } from './chaos-random.ts';
import type { Trace } from './trace.ts';

interface Entry {
  readonly time: number;
  /** Decides among entries of one time: drawn at random. */
  readonly order: number;
  readonly run: () => void;
}

/** More steps than any healthy run takes. A run with more steps is in a loop. */
const MOST_STEPS = 300_000;

/**
 * Virtual time. Everything that would take time outside (a request, a write, a sleep) is an entry here; between two
 * entries the code under test runs until it waits again.
 *
 *     entry ──> resumes one task ──> microtasks until quiet ──> next entry: the earliest, ties by seeded lot
 */
export class Scheduler {
  readonly random: Random;
  readonly trace: Trace;
  #now: number;
  #steps = 0;
  #resumed = false;
  readonly #heap: Entry[] = [];

  constructor(seed: number, start: number, trace: Trace) {
    this.random = new Random(seed);
    this.trace = trace;
    this.#now = start;
  }

  /** True time, milliseconds since the epoch. */
  get now(): number {
    return this.#now;
  }

  /** Runs a function after a number of milliseconds. */
  after(delay: number, run: () => void): void {
    const entry = { time: this.#now + Math.max(0, Math.ceil(delay)), order: this.random.next(), run };
    let at = this.#heap.push(entry) - 1;
    while (at > 0) {
      const parent = this.#heap[(at - 1) >> 1];
      if (parent === undefined || !isBefore(entry, parent)) break;
      this.#heap[at] = parent;
      at = (at - 1) >> 1;
    }
    this.#heap[at] = entry;
  }

  /** Must be called by everything that resumes code under test. */
  resumed(): void {
    this.#resumed = true;
  }

  /** Takes one entry after the other until the condition holds or nothing is left. @throws Error if it never comes to rest */
  async run(until: () => boolean = () => false): Promise<void> {
    while (!until()) {
      const entry = this.#pop();
      if (entry === undefined) return;
      if (++this.#steps > MOST_STEPS) throw new Error(`no rest after ${MOST_STEPS} steps`);
      this.#now = Math.max(this.#now, entry.time);
      entry.run();
      if (this.#resumed) await this.#quiet();
    }
  }

  /** Lets time pass. */
  async pass(milliseconds: number): Promise<void> {
    let passed = false;
    this.after(milliseconds, () => {
      passed = true;
    });
    await this.run(() => passed);
  }

  async #quiet(): Promise<void> {
    this.#resumed = false;
    // nothing under test waits for anything but microtasks: they are all done when the next macrotask comes
    await new Promise((resolve) => setImmediate(resolve));
  }

  #pop(): Entry | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined || this.#heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      let entry = this.#heap[child];
      if (entry === undefined) break;
      const right = this.#heap[child + 1];
      if (right !== undefined && isBefore(right, entry)) {
        child += 1;
        entry = right;
      }
      if (!isBefore(entry, last)) break;
      this.#heap[at] = entry;
      at = child;
    }
    this.#heap[at] = last;
    return first;
  }
}

const isBefore = (a: Entry, b: Entry) => a.time < b.time || (a.time === b.time && a.order < b.order);
