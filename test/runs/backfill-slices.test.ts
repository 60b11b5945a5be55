import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceTimeRange } from '../../lambdas/runs/backfill-slices.ts';

const START = Date.parse('2025-01-01T00:00:00.000Z');
const HOUR = 3_600_000;
const range = (length: number) => ({ from: new Date(START).toISOString(), to: new Date(START + length).toISOString() });

describe('the slices of a range', () => {
  it('cover it without gap or overlap, in order, none longer than asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * 24 * HOUR }), fc.integer({ min: 12, max: 100 }), (length, hours) => {
        const slices = sliceTimeRange(range(length), hours);
        expect(slices[0]?.from).toBe(range(length).from);
        expect(slices.at(-1)?.to).toBe(range(length).to);
        for (const [index, { from, to }] of slices.entries()) {
          expect(from < to && Date.parse(to) - Date.parse(from) <= hours * HOUR).toBe(true);
          if (index > 0) expect(from).toBe(slices[index - 1]?.to);
        }
      }),
    );
  });

  it('are at most a thousand, and the refusal says how long they could be', () => {
    expect(sliceTimeRange(range(1000 * HOUR), 1)).toHaveLength(1000);
    expect(() => sliceTimeRange(range(1000 * HOUR + 1), 1)).toThrow(/has 1001 slices .* take slices of 2 h or longer/);
  });
});
