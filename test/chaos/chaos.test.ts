import { describe, expect, it } from 'vitest';
import { QUIRK_NAMES } from '../../simulator/quirks.ts';
import { describeFailure } from './chaos-report.ts';
import { createWorld, type World } from './chaos-world.ts';
import { simulateSeeds } from './simulate-seed.ts';

const quirksOf = ({ tenants }: World) => new Set(tenants.flatMap(({ quirks }) => [...quirks.names]));

const SHARES = 8;
const SEEDS_PER_SHARE = 5;

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

  it('has quirks in about half of the cases, each of them in some, and none if that is asked for', async () => {
    const drawn = Array.from({ length: 400 }, (_, index) => [...quirksOf(createWorld(index + 1))]);
    expect(drawn.filter((names) => names.length > 0).length).toBeGreaterThan(160);
    expect(drawn.filter((names) => names.length === 0).length).toBeGreaterThan(160);
    expect(new Set(drawn.flat())).toEqual(new Set(QUIRK_NAMES));
    const [seed = 1] = drawn.flatMap((names, index) => (names.length > 0 ? [index + 1] : []));
    expect([...quirksOf(createWorld(seed, []))]).toEqual([]);
    const [outcome] = await simulateSeeds([seed], { quirks: ['total-off'] });
    expect(outcome?.quirks).toEqual(['total-off']);
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
