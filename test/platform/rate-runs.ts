import type { AwsClients } from '../../lambdas/aws/aws-clients.ts';
import { DynamoRateBudget } from '../../lambdas/platform/dynamo-rate-budget.ts';
import { memoryStores } from '../support/memory-stores.ts';
import type { SentRequest } from '../support/rate-promise.ts';
import { SharedTime, VirtualTime } from '../support/virtual-time.ts';

/** More time than any test takes, milliseconds. */
export const PLENTY = 1e9;

interface RunOptions {
  /** Part of the rate for backfill. @default - live work */
  readonly share?: number | undefined;
  /** Milliseconds by which the run's clock is ahead. @default 0 */
  readonly clockError?: number;
  /** Probability that the run wakes up late, and by how many milliseconds at most. @default - it never does */
  readonly late?: { readonly chance: number; readonly most: number };
  /** Most milliseconds that DynamoDB takes for an answer. @default 0 */
  readonly dynamodb?: number;
}

/** Runs of one tenant that share its rate budget in virtual time, and the requests they sent. */
export class RateRuns {
  readonly time = new SharedTime();
  readonly start = this.time.time;
  readonly sent: (SentRequest & { readonly kind: 'live' | 'backfill' })[] = [];
  readonly #rate: number;
  readonly #stores: { readonly dynamodb: AwsClients['dynamodb']; readonly table: string };
  readonly #tenant: string;
  #opened = 0;

  /** @param stores where the budget is. @default - in memory */
  constructor(rate: number, stores = { dynamodb: memoryStores().aws.dynamodb, table: 'state' }, tenant = 'acme') {
    this.#rate = rate;
    this.#stores = stores;
    this.#tenant = tenant;
  }

  /** Opens a run with a separate budget object: one more user of the tenant's budget. */
  open({ share, clockError = 0, late = { chance: 0, most: 0 }, dynamodb = 0 }: RunOptions = {}): RateRun {
    const { now, sleep } = this.time;
    const run = ++this.#opened;
    const { random } = new VirtualTime(0, run);
    const effects = {
      now: () => now() + clockError,
      sleep: (milliseconds: number) => sleep(milliseconds + (random() < late.chance ? random() * late.most : 0)),
      breathe: async () => undefined,
    };
    const { dynamodb: stored, table } = this.#stores;
    const client = {
      send: async (command: Parameters<typeof stored.send>[0]) => {
        if (dynamodb > 0) await sleep((random() * dynamodb) / 2);
        try {
          return await stored.send(command);
        } finally {
          if (dynamodb > 0) await sleep((random() * dynamodb) / 2);
        }
      },
    };
    // a test double: the budget only ever calls send
    const dynamo = (dynamodb > 0 ? client : stored) as AwsClients['dynamodb'];
    const budget = new DynamoRateBudget(dynamo, table, this.#tenant, this.#rate, effects, share);
    const kind = share === undefined ? 'live' : 'backfill';
    return new RateRun(budget, () => {
      this.sent.push({ at: this.time.time - this.start, run: `${kind} ${run}`, clockError, kind });
    });
  }

  /** Times of the requests of a kind, or of all, milliseconds since the start. */
  times(kind?: 'live' | 'backfill'): number[] {
    return this.sent.filter((each) => kind === undefined || each.kind === kind).map(({ at }) => at);
  }
}

/** One run. */
export class RateRun {
  readonly budget: DynamoRateBudget;
  readonly #note: () => void;

  constructor(budget: DynamoRateBudget, note: () => void) {
    this.budget = budget;
    this.#note = note;
  }

  /** Sends requests one after the other. */
  async send(requests: number, timeLeft = PLENTY): Promise<void> {
    for (let i = 0; i < requests; i++) {
      await this.budget.acquire(timeLeft);
      this.#note();
    }
  }
}
