import type { Faults } from './chaos-faults.ts';
import type { Scheduler } from './scheduler.ts';

export interface ProcessOptions {
  /** For traces and the ledger, e.g. `acme#call@7`. */
  readonly name: string;
  readonly tenant: string;
  readonly endpoint: string;
  /** How far its clock is off, milliseconds. */
  readonly skew: number;
  /** Milliseconds until it is ended from outside. */
  readonly limit: number;
}

interface Call<T> {
  readonly label: string;
  /** Milliseconds until the other side acts, and from there until the answer is here. */
  readonly there: number;
  readonly back: number;
  /** What the other side does; its result is the answer, what it throws the error. */
  readonly act: () => T;
}

/**
 * One invocation of a function: its own clock, no memory, a limited time. Whatever it waits for goes through `call` or
 * `sleep`; it may be paused there, or never come back.
 */
export class Process {
  readonly name: string;
  readonly tenant: string;
  readonly endpoint: string;
  readonly deadline: number;
  readonly skew: number;
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  #ended = false;
  #pausedUntil = 0;

  constructor(scheduler: Scheduler, faults: Faults, options: ProcessOptions) {
    this.#scheduler = scheduler;
    this.#faults = faults;
    this.name = options.name;
    this.tenant = options.tenant;
    this.endpoint = options.endpoint;
    this.deadline = scheduler.now + options.limit;
    this.skew = options.skew;
    scheduler.after(options.limit, () => {
      if (!this.#ended) this.#die('out of time');
    });
  }

  /** Neither returned nor dead. */
  get isRunning(): boolean {
    return !this.#ended;
  }

  get isPaused(): boolean {
    return !this.#ended && this.#scheduler.now < this.#pausedUntil;
  }

  /** What its own clock shows. */
  now(): number {
    return this.#scheduler.now + this.skew;
  }

  timeLeft(): number {
    return this.deadline - this.#scheduler.now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.#scheduler.after(milliseconds, () => this.#goOn('wakes', resolve)));
  }

  call<T>({ label, there, back, act }: Call<T>): Promise<T> {
    const { random } = this.#scheduler;
    return new Promise((resolve, reject) =>
      this.#scheduler.after(there, () => {
        // what a function sent before it died may or may not have left the machine
        if (this.#ended && random.chance(0.5)) return;
        try {
          const answer = act();
          this.note(label);
          this.#scheduler.after(back, () => this.#goOn(label, () => resolve(answer)));
        } catch (error) {
          this.note(`${label} -> ${error instanceof Error ? error.name : 'error'}`);
          this.#scheduler.after(back, () => this.#goOn(label, () => reject(error)));
        }
      }),
    );
  }

  note(text: string): void {
    this.#scheduler.trace.add(this.#scheduler.now, `${this.name} ${text}`);
  }

  /** It returned. */
  end(outcome: string): void {
    this.#ended = true;
    this.note(outcome);
  }

  #goOn(what: string, settle: () => void): void {
    const { now, random } = this.#scheduler;
    if (this.#ended) return;
    if (now < this.#pausedUntil) {
      this.#scheduler.after(this.#pausedUntil - now + random.int(0, 3), () => this.#goOn(what, settle));
      return;
    }
    const fate = this.#faults.fate();
    if (fate === 'dies') {
      this.#die(`dies after ${what}`);
      return;
    }
    if (fate === 'pauses') {
      this.#pausedUntil = now + random.skewed(200, 800_000);
      this.note(`pauses after ${what} until ${new Date(this.#pausedUntil).toISOString().slice(11)}`);
      this.#goOn(what, settle);
      return;
    }
    settle();
    this.#scheduler.resumed();
  }

  #die(how: string): void {
    this.#ended = true;
    this.note(how);
  }
}
