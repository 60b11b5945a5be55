/** The request rate one tenant allows, shared by all its functions. */
export interface RateBudget {
  /**
   * Resolves when one request may be sent.
   * @param timeLeft milliseconds the function still has
   * @throws RateLimitedError if the next free slot is later than that
   */
  acquire(timeLeft: number): Promise<void>;
  /** Stops all functions of the tenant for a number of milliseconds, after the platform answered 429. */
  pause(milliseconds: number): Promise<void>;
}
