import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../lambdas/common/errors.ts';
import { findRateBreach, MAX_CLOCK_ERROR, RATE_PROMISE } from '../support/rate-promise.ts';
import { type Stores, startStores } from '../support/test-stores.ts';
import { PLENTY, RateRuns } from './rate-runs.ts';

const SECOND = 1000;
/** At 8 requests per second: they are spaced over a second and 10 ms. */
const INTERVAL = 127;

let stores: Stores;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());

let tenants = 0;

/** Runs of a new tenant whose budget is in the embedded DynamoDB. */
function embeddedRuns(rate: number): RateRuns {
  const { aws, environment } = stores;
  return new RateRuns(rate, { dynamodb: aws.dynamodb, table: environment.STATE_TABLE }, `tenant-${tenants++}`);
}

const multiples = (count: number, first = 0) => Array.from({ length: count }, (_, i) => first + i * INTERVAL);

describe('a rate budget', () => {
  it('spaces the requests of a run evenly once it is connected', async () => {
    const runs = embeddedRuns(8);
    await runs.time.run([() => runs.open().send(24)]);
    const times = runs.times();
    expect(times.slice(0, 8)).toEqual(multiples(8));
    // the first second's requests may take longer to arrive
    expect(times.slice(8, 16)).toEqual(multiples(8, 1_010 + 100));
    expect(times.slice(16)).toEqual(multiples(8, 2 * 1_010 + 100));
  });

  it('saves no requests for later while no run needs them', async () => {
    const runs = embeddedRuns(8);
    const run = runs.open();
    await runs.time.run([
      async () => {
        await run.send(3);
        await runs.time.sleep(60 * SECOND);
        await run.send(8);
      },
    ]);
    expect(runs.times().slice(3)).toEqual(multiples(8, 60 * SECOND + 2 * INTERVAL));
  });

  it('catches up after a short time without requests', async () => {
    const runs = embeddedRuns(8);
    const run = runs.open();
    await runs.time.run([
      async () => {
        await run.send(3);
        await runs.time.sleep(INTERVAL + 150);
        await run.send(3);
      },
    ]);
    const now = 3 * INTERVAL + 150;
    expect(runs.times().slice(3)).toEqual([now, now, 5 * INTERVAL]);
  });

  it('is shared by its runs, each in turn', async () => {
    const runs = new RateRuns(8);
    await runs.time.run(Array.from({ length: 3 }, () => () => runs.open().send(8)));
    expect(runs.times()).toEqual(multiples(24));
    for (let i = 0; i < 24; i += 3) expect(new Set(runs.sent.slice(i, i + 3).map(({ run }) => run)).size).toBe(3);
  });

  it('spaces the requests that one run makes at the same time', async () => {
    const runs = embeddedRuns(8);
    const { budget } = runs.open();
    const times: number[] = [];
    await runs.time.run([
      async () => {
        const asked = Array.from({ length: 5 }, () => budget.acquire(PLENTY).then(() => times.push(runs.time.time)));
        await Promise.all(asked);
      },
    ]);
    expect(times.map((time) => time - runs.start)).toEqual(multiples(5));
  });

  it('of one tenant is not that of another', async () => {
    const [one, other] = [embeddedRuns(8), embeddedRuns(8)];
    await one.time.run([() => one.open().send(5)]);
    await other.time.run([() => other.open().send(1)]);
    expect(other.times()).toEqual([0]);
  });
});

describe('the promise', () => {
  it('is in docs/reliability.md', () => {
    expect(readFileSync('docs/reliability.md', 'utf8').replaceAll(/\s+/g, ' ')).toContain(RATE_PROMISE);
  });

  const runOf = fc.record({
    start: fc.integer({ min: 0, max: 3000 }),
    clockError: fc.oneof(
      fc.integer({ min: -MAX_CLOCK_ERROR, max: MAX_CLOCK_ERROR }),
      fc.integer({ min: -2000, max: 2000 }),
    ),
    late: fc.record({ chance: fc.constantFrom(0, 0.2, 0.6), most: fc.constantFrom(5, 60, 300, 3000) }),
    dynamodb: fc.constantFrom(0, 10, 100, 1500),
    latency: fc.constantFrom(0, 40, 150, 700),
    share: fc.constantFrom(undefined, undefined, 0.1, 0.5),
    pause: fc.constantFrom(0, 0, 0.03),
  });
  // a single run has no requests of other runs that keep it within its rate
  const groups = fc.oneof(
    fc.array(runOf, { minLength: 1, maxLength: 1 }),
    fc.array(runOf, { minLength: 2, maxLength: 7 }),
  );

  it(RATE_PROMISE, async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0.5, 1, 2, 2.5, 5, 8, 10, 20, 50), groups, async (rate, group) => {
        const runs = new RateRuns(rate);
        await runs.time.run(
          group.map(({ start, latency, pause, ...options }, index) => async () => {
            await runs.time.sleep(start);
            const run = runs.open(options);
            for (let i = 0; i < 30 + 2 * rate; i++) {
              await run.send(1);
              await runs.time.sleep(latency);
              if (pause > 0 && (i + index) % Math.round(1 / pause) === 0) await run.budget.pause(latency + 200);
            }
          }),
        );
        expect(findRateBreach(runs.sent, rate)?.message).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});

describe('a pause', () => {
  it('holds every run of the tenant from its next request on', async () => {
    const runs = embeddedRuns(8);
    const [first, ...others] = [runs.open(), runs.open(), runs.open()];
    await runs.time.run([
      async () => {
        await first.send(1);
        await runs.time.sleep(3 * SECOND);
        await first.budget.pause(20 * SECOND);
        await first.send(2);
      },
      ...others.map((run) => async () => {
        await run.send(2);
        await runs.time.sleep(5 * SECOND);
        await run.send(3);
      }),
    ]);
    const times = runs.times();
    expect(times.filter((at) => at < 3 * SECOND)).toHaveLength(5);
    expect(times.filter((at) => at >= 23 * SECOND)).toHaveLength(8);
    expect(times).toHaveLength(13);
  });

  it('releases what its run has reserved', async () => {
    const runs = embeddedRuns(40);
    const run = runs.open();
    await runs.time.run([
      async () => {
        await run.send(10);
        await run.budget.pause(2 * SECOND);
        await run.send(1);
      },
    ]);
    expect(runs.times().at(-1)).toBeGreaterThanOrEqual(2 * SECOND);
  });

  it('is not cut short by a shorter one', async () => {
    const runs = embeddedRuns(8);
    const [a, b] = [runs.open(), runs.open()];
    await runs.time.run([
      async () => {
        await a.budget.pause(30 * SECOND);
        await b.budget.pause(1 * SECOND);
        await b.send(1);
      },
    ]);
    expect(runs.times()).toEqual([30 * SECOND]);
  });

  /** Sends requests for minutes, pauses a second after each of some of them. @returns how many were sent from time to time */
  async function sendWithPauses(pausesAfter: readonly number[]) {
    const runs = new RateRuns(8);
    const run = runs.open();
    await runs.time.run([
      async () => {
        for (let i = 0; i < 1_000; i++) {
          await run.send(1);
          if (pausesAfter.includes(i)) await run.budget.pause(1 * SECOND);
        }
      },
    ]);
    const times = runs.times();
    return {
      last: (times.at(-1) ?? 0) / SECOND,
      rate: (from: number, until: number) =>
        times.filter((at) => at >= from * SECOND && at < until * SECOND).length / (until - from),
    };
  }

  it('costs the requested time and half a second, because the rate recovers within ten seconds', async () => {
    const [undisturbed, once] = [await sendWithPauses([]), await sendWithPauses([160])];
    expect(once.last - undisturbed.last).toBeGreaterThan(1);
    expect(once.last - undisturbed.last).toBeLessThan(1.6);
    expect(once.rate(32, 60)).toBeCloseTo(undisturbed.rate(32, 60), 1);
  });

  it('cuts the rate further if it comes before the rate has recovered', async () => {
    const often = await sendWithPauses(Array.from({ length: 30 }, (_, i) => 160 + 2 * i));
    // the last of them is followed by a rate that is a fraction of the full one
    const first = await sendWithPauses([160]);
    expect(often.last - first.last).toBeGreaterThan(30);
    expect(often.rate(60, 65)).toBeLessThan(0.7 * first.rate(60, 65));
  });

  it('cuts the rate once for all 429s that answer requests from before it', async () => {
    const runs = new RateRuns(8);
    const run = runs.open();
    await runs.time.run([
      async () => {
        await run.send(1);
        for (let i = 0; i < 20; i++) await run.budget.pause(1 * SECOND);
        await run.send(9);
      },
    ]);
    const times = runs.times();
    expect((times.at(-1) ?? 0) - (times[1] ?? 0)).toBeLessThan(8 * INTERVAL * 1.2);
  });
});

describe('a run without time', () => {
  it('gets an error instead of waiting past its end', async () => {
    const runs = embeddedRuns(8);
    const run = runs.open();
    await runs.time.run([
      async () => {
        await run.budget.pause(60 * SECOND);
        const failure: unknown = await run.budget.acquire(59 * SECOND).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(RateLimitedError);
        expect(String(failure)).toMatch(
          /no free request within this run's time: the platform answered 429, .* until 2026-03-02T12:01:00Z$/,
        );
        expect(runs.time.time).toBe(runs.start);
        await run.send(1, 61 * SECOND);
      },
    ]);
    expect(runs.times()).toEqual([60 * SECOND]);
  });

  it('gets an error if another run has caused a pause since', async () => {
    const runs = embeddedRuns(8);
    const [run, other] = [runs.open(), runs.open()];
    await runs.time.run([
      async () => {
        await run.send(1);
        await other.budget.pause(60 * SECOND);
        await expect(run.budget.acquire(30 * SECOND)).rejects.toThrow(RateLimitedError);
        expect(runs.time.time).toBe(runs.start);
      },
    ]);
  });

  it('does not pass the failure on to its next request', async () => {
    const runs = embeddedRuns(1);
    const { budget } = runs.open();
    await runs.time.run([
      async () => {
        await budget.acquire(PLENTY);
        const [hasty, patient] = await Promise.allSettled([budget.acquire(0), budget.acquire(PLENTY)]);
        expect([hasty.status, patient.status]).toEqual(['rejected', 'fulfilled']);
      },
    ]);
  });
});
