import type { Random } from './chaos-random.ts';

/** Faults of a request to the platform, with their highest probability. */
const HTTP_FAULTS = {
  tooMany: 0.05,
  serverError: 0.08,
  html: 0.04,
  empty: 0.04,
  truncated: 0.04,
  reset: 0.05,
  /** The connection is lost while the body is read. */
  resetInBody: 0.03,
  slow: 0.06,
  /** No answer within the client's time limit. */
  silent: 0.03,
} as const;

/** Faults of a request to AWS that the SDK's retries do not repair. */
const AWS_FAULTS = {
  /** Not done, and an error says so. */
  refused: 0.03,
  /** Done, but an error came back. */
  doneWithError: 0.03,
  /** Done, the answer was lost, and the SDK sent it once more. */
  repeated: 0.04,
  /** An error came back, and it is done later, whatever happened meanwhile. */
  doneLater: 0.02,
  slow: 0.04,
} as const;

/** What may happen to a statement of a batch. */
const STATEMENT_FAULTS = {
  /** Not done, and its result says so. */
  refused: 0.1,
  /** Done, but its result is an error. */
  doneWithError: 0.05,
} as const;

/** What may happen to a function whenever it continues. */
const FATES = {
  dies: 0.02,
  pauses: 0.02,
} as const;

export type HttpFault = keyof typeof HTTP_FAULTS;
export type AwsFault = keyof typeof AWS_FAULTS;
export type StatementFault = keyof typeof STATEMENT_FAULTS;
export type Fate = keyof typeof FATES;

/**
 * Which faults a world has and how likely each is. Most worlds lack most of them: a fault that stops runs early would
 * otherwise hide what only longer runs meet.
 */
export class Faults {
  readonly #random: Random;
  readonly #http: Readonly<Record<HttpFault, number>>;
  readonly #aws: Readonly<Record<AwsFault, number>>;
  readonly #fate: Readonly<Record<Fate, number>>;
  readonly #statement: Readonly<Record<StatementFault, number>>;
  #calm = false;

  constructor(random: Random) {
    this.#random = random;
    this.#http = swarm(random, HTTP_FAULTS, 0.4);
    this.#aws = swarm(random, AWS_FAULTS, 0.5);
    this.#fate = swarm(random, FATES, 0.6);
    this.#statement = swarm(random, STATEMENT_FAULTS, 0.5);
  }

  /** From now on everything works. */
  stop(): void {
    this.#calm = true;
  }

  http(): HttpFault | null {
    return this.#draw(this.#http);
  }

  aws(): AwsFault | null {
    return this.#draw(this.#aws);
  }

  statement(): StatementFault | null {
    return this.#draw(this.#statement);
  }

  fate(): Fate | null {
    return this.#draw(this.#fate);
  }

  #draw<Kind extends string>(probabilities: Readonly<Record<Kind, number>>): Kind | null {
    if (this.#calm) return null;
    let left = this.#random.next();
    for (const kind in probabilities) {
      left -= probabilities[kind];
      if (left < 0) return kind;
    }
    return null;
  }
}

function swarm<Kind extends string>(random: Random, most: Readonly<Record<Kind, number>>, present: number) {
  const chosen: Record<Kind, number> = { ...most };
  for (const kind in most) chosen[kind] = random.chance(present) ? most[kind] * 10 ** -random.next() : 0;
  return chosen;
}
