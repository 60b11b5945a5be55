const SECOND = 1000;

/** How a platform counts requests: a second's requests at once and then a refill, or those of the last second. */
export const RATE_LIMIT_KINDS = ['token-bucket', 'sliding-window'] as const;
export type RateLimitKind = (typeof RATE_LIMIT_KINDS)[number];

/** What a platform allows a customer. */
export interface RateLimit {
  /** Whether one more request may pass at a real time in milliseconds. */
  admit(now: number): boolean;
}

/** @param now real time in milliseconds */
export function createRateLimit(kind: RateLimitKind, perSecond: number, now: number): RateLimit {
  switch (kind) {
    case 'token-bucket':
      return new TokenBucket(perSecond, now);
    case 'sliding-window':
      return new SlidingWindow(perSecond);
  }
}

/** Allows the requests of one second at once, then the same number per second. */
class TokenBucket implements RateLimit {
  readonly #perSecond: number;
  #tokens: number;
  #since: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = Math.max(1, perSecond);
    this.#since = now;
  }

  admit(now: number): boolean {
    const earned = ((now - this.#since) / SECOND) * this.#perSecond;
    this.#tokens = Math.min(Math.max(1, this.#perSecond), this.#tokens + earned);
    this.#since = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** Allows no more requests than the limit in any second, including both of its ends. */
class SlidingWindow implements RateLimit {
  readonly #perSecond: number;
  /** When the requests of the last second passed, oldest first. */
  readonly #passed: number[] = [];

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  admit(now: number): boolean {
    while ((this.#passed[0] ?? now) < now - SECOND) this.#passed.shift();
    if (this.#passed.length >= this.#perSecond) return false;
    this.#passed.push(now);
    return true;
  }
}
