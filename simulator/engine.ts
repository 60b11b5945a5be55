/** The life of a person or conversation as a coroutine: yields the milliseconds to sleep, or the signal to wait for. */
export type Life = Generator<number | Signal, void, void>;

/** An event that happens once and wakes everything that waits for it. */
export class Signal {
  #fired = false;
  #waiters: (() => void)[] = [];

  fire(): void {
    if (this.#fired) return;
    this.#fired = true;
    for (const wake of this.#waiters) wake();
    this.#waiters = [];
  }

  whenFired(wake: () => void): void {
    if (this.#fired) wake();
    else this.#waiters.push(wake);
  }
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** The discrete-event engine: a virtual clock in epoch milliseconds and a heap of due events. */
export class Engine {
  #now: number;
  #order = 0;
  readonly #heap: Entry[] = [];

  constructor(startMs: number) {
    this.#now = startMs;
  }

  get now(): number {
    return this.#now;
  }

  /** Runs `run` at a virtual time, not before now. */
  at(time: number, run: () => void): void {
    this.#order += 1;
    this.#push({ at: Math.max(this.#now, Math.round(time)), order: this.#order, run });
  }

  /** Starts a life at a virtual time. */
  begin(life: Life, time = this.#now): void {
    this.at(time, () => this.#resume(life));
  }

  /** Runs until no event is left. */
  run(): void {
    for (let entry = this.#pop(); entry !== undefined; entry = this.#pop()) {
      this.#now = entry.at;
      entry.run();
    }
  }

  #resume(life: Life): void {
    const step = life.next();
    if (step.done) return;
    if (typeof step.value === 'number') this.at(this.#now + Math.max(0, step.value), () => this.#resume(life));
    else step.value.whenFired(() => this.at(this.#now, () => this.#resume(life)));
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let child = heap.length;
    heap.push(entry);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      let below = heap[child];
      if (below === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && before(right, below)) {
        child += 1;
        below = right;
      }
      if (!before(below, last)) break;
      heap[parent] = below;
      parent = child;
    }
    heap[parent] = last;
    return top;
  }
}
