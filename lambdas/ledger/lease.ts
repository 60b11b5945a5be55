import type { Head, HeadStore } from './checkpoint.ts';

/** Renewed when this much of it has passed, milliseconds. */
const RENEW_AFTER = 40_000;

/** The lease of a running function; renewed in passing. */
export class Lease {
  readonly fence: number;
  readonly #store: HeadStore;
  readonly #now: () => number;
  #renewedAt: number;

  constructor(store: HeadStore, head: Head, now: () => number) {
    this.fence = head.fence;
    this.#store = store;
    this.#now = now;
    this.#renewedAt = now();
  }

  /** Called often; writes only when it is time. @throws LeaseHeldError if another run took over */
  async keep(): Promise<void> {
    if (this.#now() - this.#renewedAt < RENEW_AFTER) return;
    // first: whoever else calls meanwhile need not write, too
    this.#renewedAt = this.#now();
    await this.#store.renew(this.fence);
  }

  /** A commit renews the lease as well. */
  renewed(): void {
    this.#renewedAt = this.#now();
  }
}
