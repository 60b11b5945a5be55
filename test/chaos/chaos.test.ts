import { describe, expect, it } from 'vitest';
import { describeFailure } from './chaos-report.ts';
import { simulateSeeds } from './simulate-seed.ts';

const SHARES = 8;
const SEEDS_PER_SHARE = 15;

describe('under faults, whatever the seed, ingestion keeps every law', () => {
  it.each(Array.from({ length: SHARES }, (_, share) => 1 + share * SEEDS_PER_SHARE))(
    'from seed %i on',
    async (from) => {
      const seeds = Array.from({ length: SEEDS_PER_SHARE }, (_, index) => from + index);
      for (const outcome of await simulateSeeds(seeds)) {
        if (outcome.violations.length > 0) expect.fail(describeFailure(outcome));
        expect(outcome.runs).toBeGreaterThan(0);
      }
    },
  );
});

describe('a seed', () => {
  it('gives the same steps every time', async () => {
    const [first, second] = [await simulateSeeds([7]), await simulateSeeds([7])];
    expect(second).toEqual(first);
    expect(first[0]?.steps).toBeGreaterThan(100);
  });

  it('gives other steps than another one', async () => {
    const [seven, eight] = await simulateSeeds([7, 8]);
    expect(seven?.hash).not.toBe(eight?.hash);
  });

  it('inserts items in batches, if it has calls enough', async () => {
    const seen: string[] = [];
    await simulateSeeds([7], {
      print: (line) => {
        if (line.includes('BatchExecuteStatement')) seen.push(line);
      },
    });
    expect(seen).not.toEqual([]);
  });
});
