import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit, RATE_LIMIT_KINDS, type RateLimitKind } from '../../simulator/rate-limit.ts';

/** Asks at times in milliseconds. @returns the times at which requests passed */
function passedAt(kind: RateLimitKind, perSecond: number, times: readonly number[]): number[] {
  const limit = createRateLimit(kind, perSecond, times[0] ?? 0);
  return times.filter((time) => limit.admit(time));
}

const busiestSecond = (times: readonly number[]) =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at <= from + 1000).length));

describe('a token bucket', () => {
  it('allows the requests of one second at once, and then one per interval', () => {
    expect(passedAt('token-bucket', 2, [0, 0, 0, 499, 500, 600, 999, 1000])).toEqual([0, 0, 500, 1000]);
  });

  it('never stores more than the requests of one second', () => {
    expect(passedAt('token-bucket', 2, [0, 60_000, 60_000, 60_000])).toEqual([0, 60_000, 60_000]);
  });
});

describe('a sliding window', () => {
  it('allows no request while the preceding second is full, including its ends', () => {
    expect(passedAt('sliding-window', 2, [0, 400, 999, 1000, 1001, 1400, 1401])).toEqual([0, 400, 1001, 1401]);
  });

  it('limits every second, whenever requests arrive', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 80 }),
        (perSecond, gaps) => {
          let time = 0;
          const times = gaps.map((gap) => {
            time += gap;
            return time;
          });
          const passed = passedAt('sliding-window', perSecond, times);
          expect(busiestSecond(passed)).toBeLessThanOrEqual(perSecond);
          // and one more had been too many, wherever one was refused
          for (const refused of times.filter((at) => !passed.includes(at)))
            expect(passed.filter((at) => at >= refused - 1000 && at <= refused)).toHaveLength(perSecond);
        },
      ),
    );
  });
});

it.each(RATE_LIMIT_KINDS)(
  'as a %s, a limit lets requests pass that are spaced over a little more than a second',
  (kind) => {
    const times = Array.from({ length: 200 }, (_, i) => i * 101);
    expect(passedAt(kind, 10, times)).toEqual(times);
  },
);
