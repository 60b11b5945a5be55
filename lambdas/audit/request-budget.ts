/** The request budget of an audit is spent: the rest of the windows is not compared. */
export class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpentError';

  constructor(requests: number) {
    super(`the budget of ${requests} requests is spent`);
  }
}

/** Counts the requests that an audit may send. */
export class RequestBudget {
  readonly #requests: number;
  #left: number;

  /** @param spent requests that earlier parts of the same audit have sent. @default 0 */
  constructor(requests: number, spent = 0) {
    this.#requests = requests;
    this.#left = requests - spent;
  }

  /** Requests taken so far. */
  get spent(): number {
    return this.#requests - this.#left;
  }

  /** @throws BudgetSpentError if no request is left */
  take(): void {
    if (this.#left <= 0) throw new BudgetSpentError(this.#requests);
    this.#left -= 1;
  }
}
