import { describe, expect, it } from 'vitest';
import { describeFailure } from './chaos-report.ts';
import { simulate } from './simulate-seed.ts';

const SHARES = 8;
const SEEDS_PER_SHARE = 25;

describe('under faults, whatever the seed, ingestion keeps every law', () => {
  it.each(Array.from({ length: SHARES }, (_, share) => 1 + share * SEEDS_PER_SHARE))(
    'from seed %i on',
    async (from) => {
      for (let seed = from; seed < from + SEEDS_PER_SHARE; seed++) {
        const outcome = await simulate(seed);
        if (outcome.violations.length > 0) expect.fail(describeFailure(outcome));
        expect(outcome.runs).toBeGreaterThan(0);
      }
    },
  );
});

describe('a seed', () => {
  it('gives the same steps every time', async () => {
    const [first, second] = [await simulate(7), await simulate(7)];
    expect(second).toEqual(first);
    expect(first.steps).toBeGreaterThan(100);
  });

  it('gives other steps than another one', async () => {
    expect((await simulate(7)).hash).not.toBe((await simulate(8)).hash);
  });
});
