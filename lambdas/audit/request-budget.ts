/** The request budget of an audit is spent: the rest of the windows is not compared. */
export class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpentError';

  /** @param reserved requests of it that are left for other endpoints */
  constructor(requests: number, reserved = 0) {
    const rest = reserved === 0 ? '' : `, except for ${reserved} reserved for other endpoints`;
    super(`the budget of ${requests} requests is spent${rest}`);
  }
}

/** Counts the requests that an audit may send. */
export class RequestBudget {
  readonly #requests: number;
  readonly #reserved: number;
  #left: number;

  /**
   * @param spent requests that earlier parts of the same audit have sent. @default 0
   * @param reserved requests that are left for later parts. @default 0
   */
  constructor(requests: number, spent = 0, reserved = 0) {
    this.#requests = requests;
    this.#reserved = reserved;
    this.#left = requests - spent - reserved;
  }

  /** Requests taken so far. */
  get spent(): number {
    return this.#requests - this.#reserved - this.#left;
  }

  /** @throws BudgetSpentError if no request is left */
  take(): void {
    if (this.#left <= 0) throw new BudgetSpentError(this.#requests, this.#reserved);
    this.#left -= 1;
  }
}
