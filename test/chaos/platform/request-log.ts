import type { Process } from '../chaos-process.ts';

/** What the platform allows a customer, all functions together, in requests per second. */
const PLATFORM_LIMIT = 10;

interface Sent {
  readonly time: number;
  /** Sent right after a pause of its function, with a slot from before the pause. */
  readonly late: boolean;
}

/** The requests of one tenant in true time. */
export class RequestLog {
  readonly all: Sent[] = [];
  readonly #arrived: number[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  sent(by: Process): void {
    this.all.push({ time: this.#now(), late: by.late });
  }

  /** Counts an arriving request. @returns true if it is one too many and is answered with 429 */
  isTooMany(): boolean {
    const now = this.#now();
    while ((this.#arrived[0] ?? now) <= now - 1000) this.#arrived.shift();
    return this.#arrived.push(now) > PLATFORM_LIMIT;
  }
}
