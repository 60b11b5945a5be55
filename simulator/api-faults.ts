import { Random } from './random.ts';

/** Probabilities (0 to 1) of what goes wrong with a request; the same seed gives the same sequence. */
export interface FaultOptions {
  /** @default 1 */
  seed?: number;
  /** 429 with `Retry-After`. @default 0 */
  rateLimited?: number;
  /** 429 without `Retry-After`. @default 0 */
  rateLimitedSilently?: number;
  /** 500, 502 or 503. @default 0 */
  serverError?: number;
  /** 200 with a web page instead of JSON. @default 0 */
  html?: number;
  /** JSON that stops in the middle, with a length that fits. @default 0 */
  truncated?: number;
  /** 200 without a body. @default 0 */
  empty?: number;
  /** The connection is closed in the middle of the body. @default 0 */
  dropped?: number;
  /** The answer comes late. @default 0 */
  slow?: number;
  /** How late. @default 500 */
  slowMs?: number;
}

/** What goes wrong with one request. */
export type Fault =
  | 'none'
  | 'rateLimited'
  | 'rateLimitedSilently'
  | 'serverError'
  | 'html'
  | 'truncated'
  | 'empty'
  | 'dropped'
  | 'slow';

/** Decides request by request what goes wrong. */
export class Faults {
  readonly #options: FaultOptions;
  readonly #random: Random;
  readonly #sleep: (milliseconds: number) => Promise<unknown>;

  constructor(options: FaultOptions, sleep: (milliseconds: number) => Promise<unknown>) {
    this.#options = options;
    this.#sleep = sleep;
    this.#random = new Random(options.seed ?? 1);
  }

  next(): Fault {
    let rest = this.#random.next();
    const { rateLimited, rateLimitedSilently, serverError, html, truncated, empty, dropped, slow } = this.#options;
    const chances: readonly (readonly [Fault, number | undefined])[] = [
      ['rateLimited', rateLimited],
      ['rateLimitedSilently', rateLimitedSilently],
      ['serverError', serverError],
      ['html', html],
      ['truncated', truncated],
      ['empty', empty],
      ['dropped', dropped],
      ['slow', slow],
    ];
    for (const [fault, chance = 0] of chances) {
      rest -= chance;
      if (rest < 0) return fault;
    }
    return 'none';
  }

  serverErrorStatus(): number {
    return this.#random.pick([500, 502, 503]);
  }

  async delay(): Promise<void> {
    await this.#sleep(this.#options.slowMs ?? 500);
  }
}
