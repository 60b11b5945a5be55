import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DynamoRateBudget } from '../../lambdas/platform/dynamo-rate-budget.ts';
import { memoryStores } from '../support/memory-stores.ts';
import { SharedTime, VirtualTime } from '../support/virtual-time.ts';

const SECOND = 1000;
const SHARE = 0.1;

/** Live work and backfill of one tenant, and the times at which each sent a request. */
class Functions {
  readonly time = new SharedTime();
  readonly start = this.time.time;
  readonly live: number[] = [];
  readonly backfill: number[] = [];
  readonly #dynamodb = memoryStores().aws.dynamodb;
  readonly #rate: number;
  readonly #share: number;
  #opened = 0;

  constructor(rate: number, share = SHARE) {
    this.#rate = rate;
    this.#share = share;
  }

  /** Sends requests one after the other from a function of its own, each answered after `latency`. */
  async send(kind: 'live' | 'backfill', requests: number, { skew = 0, latency = 0, until = Infinity } = {}) {
    const { now, sleep } = this.time;
    const { random } = new VirtualTime(0, ++this.#opened);
    const effects = { now: () => now() + skew, sleep, breathe: () => sleep(0), random, fetch };
    const share = kind === 'backfill' ? this.#share : undefined;
    const budget = new DynamoRateBudget(this.#dynamodb, 'state', 'acme', this.#rate, effects, share);
    for (let i = 0; i < requests && this.time.time - this.start < until; i++) {
      await budget.acquire(1e9);
      this[kind].push(this.time.time - this.start);
      if (latency > 0) await sleep(latency);
    }
  }

  /** Most requests sent in any second. */
  busiest(): number {
    const all = [...this.live, ...this.backfill].sort((a, b) => a - b);
    return Math.max(...all.map((from) => all.filter((at) => at >= from && at < from + SECOND).length));
  }
}

const between = (times: readonly number[], from: number, until: number) =>
  times.filter((at) => at >= from && at < until).length;

describe('backfill', () => {
  it('has the whole rate where no live work is going on', async () => {
    const functions = new Functions(8);
    await functions.time.run([() => functions.send('backfill', 20)]);
    expect(functions.backfill).toEqual(Array.from({ length: 20 }, (_, i) => i * 125));
  });

  it.each([8, 1, 40])('leaves the rate of %i/s to live work but for its share, and comes to its end', async (rate) => {
    const functions = new Functions(rate);
    const until = (400 * SECOND) / rate;
    await functions.time.run([
      () => functions.send('live', Infinity, { until }),
      ...Array.from({ length: 3 }, () => () => functions.send('backfill', Infinity, { until })),
    ]);
    const slots = 400;
    expect(functions.live.length).toBeGreaterThan(slots * (1 - SHARE) * 0.9);
    expect(functions.backfill.length).toBeGreaterThan(slots * SHARE * 0.5);
    expect(functions.backfill.length).toBeLessThan(slots * SHARE * 1.3);
  });

  it('takes over again soon after live work has ended, and gives way when it comes back', async () => {
    const functions = new Functions(8);
    await functions.time.run([
      () => functions.send('backfill', Infinity, { until: 60 * SECOND }),
      async () => {
        await functions.time.sleep(20 * SECOND);
        await functions.send('live', 80);
      },
    ]);
    const [first = 0, last = 0] = [functions.live[0], functions.live.at(-1)];
    expect(first - 20 * SECOND).toBeLessThan(0.5 * SECOND);
    expect(last - first).toBeLessThan(80 * 125 * 1.25);
    expect(between(functions.backfill, 0, 20 * SECOND)).toBeGreaterThan(150);
    expect(between(functions.backfill, last + 1.5 * SECOND, 60 * SECOND)).toBeGreaterThan(
      (60 * SECOND - last - 1.5 * SECOND) / 125 - 12,
    );
  });

  it('with a share of a half stands beside live work as its equal', async () => {
    const functions = new Functions(8, 0.5);
    const until = 60 * SECOND;
    await functions.time.run([
      () => functions.send('live', Infinity, { until }),
      () => functions.send('backfill', Infinity, { until }),
    ]);
    expect(functions.backfill.length / functions.live.length).toBeCloseTo(1, 0);
    expect(functions.live.length).toBeGreaterThan(200);
  });

  /** Live work and backfill that come whenever, at any rate; `busiest` hears of the requests of each case's busiest second. */
  const assertForAll = (mostSkew: number, busiest: (requests: number, rate: number) => void) => {
    const functionOf = fc.record({
      start: fc.integer({ min: 0, max: 5_000 }),
      skew: fc.integer({ min: -mostSkew, max: mostSkew }),
      latency: fc.integer({ min: 0, max: 600 }),
    });
    return fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 5, 8, 10, 20),
        fc.array(functionOf, { minLength: 1, maxLength: 3 }),
        fc.array(functionOf, { minLength: 1, maxLength: 4 }),
        async (rate, live, backfill) => {
          const functions = new Functions(rate);
          const requests = 5 * rate;
          const took: number[] = [];
          await functions.time.run([
            ...live.map(({ start, ...each }) => async () => {
              await functions.time.sleep(start);
              const from = functions.time.time;
              await functions.send('live', requests, each);
              took.push((functions.time.time - from) / 1000);
            }),
            ...backfill.map(({ start, ...each }) => async () => {
              await functions.time.sleep(start);
              await functions.send('backfill', requests, each);
            }),
          ]);
          busiest(functions.busiest(), rate);
          expect(functions.live).toHaveLength(live.length * requests);
          expect(functions.backfill).toHaveLength(backfill.length * requests);
          // as long as all live requests together take at the rate that is theirs, or as the slowest answers take
          const alone = Math.max(
            (live.length * requests) / rate,
            ...live.map(({ latency }) => (requests * latency) / 1000 + requests / rate),
          );
          expect(Math.max(...took)).toBeLessThan((alone / (1 - SHARE)) * 1.35 + 8 / rate + 4.5);
        },
      ),
      { numRuns: 120, endOnFailure: true },
    );
  };

  it('stays within a request of the ceiling and hardly slows live work down, whoever comes when, whatever the rate', () =>
    assertForAll(20, (requests, rate) => expect(requests).toBeLessThanOrEqual(rate + 1)));

  it('... and where clocks differ by seconds as well, but for one case in a thousand', async () => {
    let byTwo = 0;
    await assertForAll(2_000, (requests, rate) => {
      expect(requests).toBeLessThanOrEqual(rate + 2);
      if (requests > rate + 1) byTwo++;
    });
    expect(byTwo).toBeLessThanOrEqual(2);
  });
});
