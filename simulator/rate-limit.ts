/** A token bucket in real time: as many requests at once as fit into a second, then that many per second. */
export class RateLimit {
  readonly #perSecond: number;
  #tokens: number;
  #since: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = Math.max(1, perSecond);
    this.#since = now;
  }

  /** Whether one more request may pass at a real time in milliseconds. */
  admit(now: number): boolean {
    const earned = ((now - this.#since) / 1000) * this.#perSecond;
    this.#tokens = Math.min(Math.max(1, this.#perSecond), this.#tokens + earned);
    this.#since = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
