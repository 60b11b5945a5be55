import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../lambdas/common/errors.ts';
import { DynamoRateBudget } from '../../lambdas/platform/dynamo-rate-budget.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { SharedTime, VirtualTime } from '../support/virtual-time.ts';

const SECOND = 1000;
const PLENTY = 1e9;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

let used = 0;

/** Functions of one tenant that share its budget, and the times at which they sent a request. */
class Functions {
  readonly time = new SharedTime();
  readonly start = this.time.time;
  readonly sent: number[] = [];
  readonly #tenant = `tenant-${used++}`;
  readonly #rate: number;
  readonly #stores: { client: Stores['aws']['dynamodb']; table: string };
  #opened = 0;

  /** @param isEmbedded false where a test needs thousands of writes */
  constructor(rate: number, isEmbedded = true) {
    this.#rate = rate;
    this.#stores = isEmbedded
      ? { client: stores.aws.dynamodb, table: stores.environment.STATE_TABLE }
      : { client: memoryStores().aws.dynamodb, table: 'state' };
  }

  /** @param skew milliseconds by which the function's clock is ahead */
  open(skew = 0): DynamoRateBudget {
    const { now, sleep } = this.time;
    const { random } = new VirtualTime(0, ++this.#opened);
    const effects = { now: () => now() + skew, sleep, breathe: () => sleep(0), random, fetch };
    return new DynamoRateBudget(this.#stores.client, this.#stores.table, this.#tenant, this.#rate, effects);
  }

  async send(budget: DynamoRateBudget, requests: number, timeLeft = PLENTY): Promise<void> {
    for (let i = 0; i < requests; i++) {
      await budget.acquire(timeLeft);
      this.sent.push(this.time.time - this.start);
    }
  }

  /** Most requests sent in any second that begins at `since` or later. */
  busiest(since = 0): number {
    const starts = this.sent.filter((at) => at >= since);
    return Math.max(0, ...starts.map((from) => this.sent.filter((at) => at >= from && at < from + SECOND).length));
  }
}

describe('a rate budget', () => {
  it('spaces the requests of one function evenly', async () => {
    const functions = new Functions(8);
    await functions.time.run([() => functions.send(functions.open(), 20)]);
    expect(functions.sent).toEqual(Array.from({ length: 20 }, (_, i) => i * 125));
  });

  it('saves nothing up while nobody asks', async () => {
    const functions = new Functions(8);
    const budget = functions.open();
    await functions.time.run([
      async () => {
        await functions.send(budget, 3);
        await functions.time.sleep(60 * SECOND);
        await functions.send(budget, 12);
      },
    ]);
    expect(functions.sent.slice(3)).toEqual(Array.from({ length: 12 }, (_, i) => 60_250 + i * 125));
  });

  it('is nearly used up by those who share it, and by no one alone', async () => {
    const functions = new Functions(8);
    const order: number[] = [];
    const each = (number: number) => async () => {
      const budget = functions.open();
      for (let i = 0; i < 8; i++) {
        await functions.send(budget, 1);
        order.push(number);
      }
    };
    await functions.time.run([each(0), each(1), each(2)]);
    expect(functions.sent).toHaveLength(24);
    // those who find the rate taken come back a little later
    expect(Math.max(...functions.sent)).toBeLessThan(24 * 125 * 1.5);
    expect(new Set(order.slice(0, 16)).size).toBeGreaterThan(1);
  });

  it('gives requests that one function asks for at once one after the other', async () => {
    const functions = new Functions(8);
    const budget = functions.open();
    const times: number[] = [];
    await functions.time.run([
      async () => {
        const asked = Array.from({ length: 5 }, () =>
          budget.acquire(PLENTY).then(() => times.push(functions.time.time)),
        );
        await Promise.all(asked);
      },
    ]);
    expect(times.map((time) => time - functions.start)).toEqual([0, 125, 250, 375, 500]);
  });

  it('of one tenant is not that of another', async () => {
    const [one, other] = [new Functions(8), new Functions(8)];
    await one.time.run([() => one.send(one.open(), 5)]);
    await other.time.run([() => other.send(other.open(), 1)]);
    expect(other.sent).toEqual([0]);
  });

  it('is never exceeded by more than one request in any second, by functions on one clock at any rate', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 6 }),
        async (rate, starts) => {
          const functions = new Functions(rate, false);
          await functions.time.run(
            starts.map((start) => async () => {
              await functions.time.sleep(start);
              await functions.send(functions.open(), 12);
            }),
          );
          expect(functions.busiest()).toBeLessThanOrEqual(rate + 1);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is never exceeded by more than one request in any second, by functions whose clocks differ by four seconds', async () => {
    const clocks = fc.tuple(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 0, max: 2000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(clocks, { minLength: 2, maxLength: 6 }), async (each) => {
        const functions = new Functions(8, false);
        await functions.time.run(
          each.map(([skew, start]) => async () => {
            await functions.time.sleep(start);
            await functions.send(functions.open(skew), 10);
          }),
        );
        expect(functions.busiest()).toBeLessThanOrEqual(9);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a pause', () => {
  it('holds every function of the tenant from its next request on', async () => {
    const functions = new Functions(8);
    const [first, ...others] = [functions.open(), functions.open(), functions.open()];
    await functions.time.run([
      async () => {
        await functions.send(first, 1);
        await functions.time.sleep(3 * SECOND);
        await first.pause(20 * SECOND);
        await functions.send(first, 2);
      },
      ...others.map((budget) => async () => {
        await functions.send(budget, 2);
        await functions.time.sleep(5 * SECOND);
        await functions.send(budget, 3);
      }),
    ]);
    expect(functions.sent.filter((at) => at < 3 * SECOND)).toHaveLength(5);
    expect(functions.sent.filter((at) => at >= 23 * SECOND)).toHaveLength(8);
    expect(functions.sent).toHaveLength(13);
  });

  it('is not cut short by a shorter one', async () => {
    const functions = new Functions(8);
    const [a, b] = [functions.open(), functions.open()];
    await functions.time.run([
      async () => {
        await a.pause(30 * SECOND);
        await b.pause(1 * SECOND);
        await functions.send(b, 1);
      },
    ]);
    expect(functions.sent).toEqual([30 * SECOND]);
  });

  it('is followed by half the rate, which grows back within a minute, for every function', async () => {
    const functions = new Functions(8, false);
    await functions.time.run([
      async () => {
        await functions.open().pause(1 * SECOND);
        await functions.send(functions.open(), 520);
      },
    ]);
    const between = (from: number, until: number) =>
      functions.sent.filter((at) => at >= from * SECOND && at < until * SECOND).length / (until - from);
    expect(between(1, 6)).toBeGreaterThan(3.9);
    expect(between(1, 6)).toBeLessThan(5);
    expect(between(28, 33)).toBeGreaterThan(between(1, 6));
    expect(between(28, 33)).toBeLessThan(6);
    expect(between(62, 72)).toBeCloseTo(8, 0);
  });

  it('shorter than the waiting line slows down all the same', async () => {
    const functions = new Functions(8);
    const budgets = Array.from({ length: 6 }, () => functions.open());
    await functions.time.run([
      ...budgets.map((budget) => () => functions.send(budget, 1)),
      async () => {
        await functions.time.sleep(10);
        await functions.open().pause(100);
        await functions.send(functions.open(), 20);
      },
    ]);
    const last = functions.sent.toSorted((a, b) => a - b).slice(-10);
    expect((last.at(-1) ?? 0) - (last[0] ?? 0)).toBeGreaterThan(9 * 200);
  });
});

describe('a function without time', () => {
  it('is told so instead of waiting past its end', async () => {
    const functions = new Functions(8);
    const budget = functions.open();
    await functions.time.run([
      async () => {
        await budget.pause(60 * SECOND);
        const failure: unknown = await budget.acquire(59 * SECOND).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(RateLimitedError);
        expect(String(failure)).toMatch(/no free request within this run's time.*for the next 60 s$/);
        expect(functions.time.time).toBe(functions.start);
        await functions.send(budget, 1, 61 * SECOND);
      },
    ]);
    expect(functions.sent[0]).toBeGreaterThanOrEqual(60 * SECOND);
  });

  it('does not take the failure for that of the next', async () => {
    const functions = new Functions(1);
    const budget = functions.open();
    await functions.time.run([
      async () => {
        await budget.acquire(PLENTY);
        const [hasty, patient] = await Promise.allSettled([budget.acquire(0), budget.acquire(PLENTY)]);
        expect([hasty.status, patient.status]).toEqual(['rejected', 'fulfilled']);
      },
    ]);
  });
});
