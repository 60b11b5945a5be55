import type { SentRequest } from '../../support/rate-promise.ts';
import type { Process } from '../chaos-process.ts';

/** What the platform allows a customer, all functions together, in requests per second. */
const PLATFORM_LIMIT = 10;

/** The requests of one tenant in true time. */
export class RequestLog {
  readonly all: SentRequest[] = [];
  readonly #arrived: number[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  sent(by: Process): void {
    this.all.push({ at: this.#now(), run: by.name, clockError: by.skew });
  }

  /** Counts an arriving request. @returns true if it is one too many and is answered with 429 */
  isTooMany(): boolean {
    const now = this.#now();
    while ((this.#arrived[0] ?? now) <= now - 1000) this.#arrived.shift();
    return this.#arrived.push(now) > PLATFORM_LIMIT;
  }
}
