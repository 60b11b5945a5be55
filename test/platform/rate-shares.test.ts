import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateRuns } from './rate-runs.ts';

const SECOND = 1000;
const SHARE = 0.1;

/** Sends requests one after the other until a time, each answered after `latency`. */
async function sendUntil(runs: RateRuns, until: number, share?: number, latency = 0): Promise<void> {
  const run = runs.open({ share });
  while (runs.time.time - runs.start < until) {
    await run.send(1);
    if (latency > 0) await runs.time.sleep(latency);
  }
}

const countBetween = (times: readonly number[], from: number, until: number) =>
  times.filter((at) => at >= from && at < until).length;

describe('backfill', () => {
  it('has the whole rate while no live run is active', async () => {
    const [backfill, live] = [new RateRuns(8), new RateRuns(8)];
    await backfill.time.run([() => backfill.open({ share: SHARE }).send(20)]);
    await live.time.run([() => live.open().send(20)]);
    expect(backfill.times()).toEqual(live.times());
  });

  it.each([8, 1, 40])('leaves the rate of %i/s to live runs except for its share, which it gets', async (rate) => {
    const runs = new RateRuns(rate);
    const until = (1_000 * SECOND) / rate;
    await runs.time.run([
      () => sendUntil(runs, until),
      ...Array.from({ length: 3 }, () => () => sendUntil(runs, until, SHARE)),
    ]);
    const [live, backfill] = [runs.times('live').length, runs.times('backfill').length];
    expect(live).toBeGreaterThan(1_000 * (1 - SHARE) * 0.95);
    expect(backfill).toBeGreaterThan(1_000 * SHARE * 0.9);
    expect(backfill).toBeLessThan(1_000 * SHARE * 1.2);
  });

  it('has its share of a rate that is cut', async () => {
    const runs = new RateRuns(8);
    const pauses = runs.open();
    await runs.time.run([
      () => sendUntil(runs, 60 * SECOND),
      () => sendUntil(runs, 60 * SECOND, SHARE),
      async () => {
        for (let at = 0; at < 60; at += 2) {
          await pauses.budget.pause(0.2 * SECOND);
          await runs.time.sleep(2 * SECOND);
        }
      },
    ]);
    const [live, backfill] = [runs.times('live').length, runs.times('backfill').length];
    expect(live + backfill).toBeLessThan(0.7 * 60 * 8);
    expect(backfill / (live + backfill)).toBeGreaterThan(SHARE * 0.8);
    expect(backfill / (live + backfill)).toBeLessThan(SHARE * 1.2);
  });

  it('uses the whole rate soon after live runs have ended, and gives way when they return', async () => {
    const runs = new RateRuns(8);
    await runs.time.run([
      () => sendUntil(runs, 60 * SECOND, SHARE),
      async () => {
        await runs.time.sleep(20 * SECOND);
        await runs.open().send(80);
      },
    ]);
    const [live, backfill] = [runs.times('live'), runs.times('backfill')];
    const [first = 0, last = 0] = [live[0], live.at(-1)];
    expect(first - 20 * SECOND).toBeLessThan(0.3 * SECOND);
    expect(last - first).toBeLessThan(80 * 127 * 1.15);
    expect(countBetween(backfill, 0, 20 * SECOND)).toBeGreaterThan(150);
    const back = last + 1.5 * SECOND;
    expect(countBetween(backfill, back, 60 * SECOND)).toBeGreaterThan((60 * SECOND - back) / 127 - 4);
  });

  it('with a share of a half has half of the rate beside live work', async () => {
    const runs = new RateRuns(8);
    const until = 60 * SECOND;
    await runs.time.run([() => sendUntil(runs, until), () => sendUntil(runs, until, 0.5)]);
    const [live, backfill] = [runs.times('live').length, runs.times('backfill').length];
    expect(backfill / live).toBeGreaterThan(0.9);
    expect(backfill / live).toBeLessThan(1.1);
    expect(live + backfill).toBeGreaterThan(460);
  });

  it('hardly slows live runs down and completes, at any rate and latency', async () => {
    const runOf = fc.record({
      start: fc.integer({ min: 0, max: 5_000 }),
      latency: fc.integer({ min: 0, max: 600 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 2, 5, 8, 10, 20),
        fc.array(runOf, { minLength: 1, maxLength: 3 }),
        fc.array(runOf, { minLength: 1, maxLength: 4 }),
        async (rate, live, backfill) => {
          const requests = 5 * rate;
          /** Runs it all. @returns when the last live run ended */
          const end = async (others: typeof backfill) => {
            const runs = new RateRuns(rate);
            const start =
              ({ start, latency }: (typeof live)[number], share?: number) =>
              async () => {
                await runs.time.sleep(start);
                const run = runs.open({ share });
                for (let i = 0; i < requests; i++) {
                  await run.send(1);
                  await runs.time.sleep(latency);
                }
              };
            await runs.time.run([...live.map((each) => start(each)), ...others.map((each) => start(each, SHARE))]);
            expect(runs.times('live')).toHaveLength(live.length * requests);
            expect(runs.times('backfill')).toHaveLength(others.length * requests);
            return (runs.times('live').at(-1) ?? 0) / SECOND;
          };
          const alone = await end([]);
          // its share, and for each of its runs what it had reserved when live work came
          expect(await end(backfill)).toBeLessThan((alone * 1.05) / (1 - SHARE) + (0.25 + 2 / rate) * backfill.length);
        },
      ),
      { numRuns: 120 },
    );
  });
});
