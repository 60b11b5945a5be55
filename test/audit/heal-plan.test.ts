import { describe, expect, it } from 'vitest';
import { mergeHealed } from '../../lambdas/audit/heal-plan.ts';
import { createUnproved, judgeWindow, type WindowResult } from '../../lambdas/audit/window-result.ts';

const DAY = 86_400_000;

const compared = (endpoint: string, from: number, missing: readonly string[]): WindowResult => ({
  ...createUnproved({ from, until: from + DAY - 1 }, { endpoint, part: 'records' }, ''),
  ...{ countedBy: 'ids', reason: null, missing },
});

const unproved = (endpoint: string, from: number) =>
  createUnproved({ from, until: from + DAY - 1 }, { endpoint, part: 'records' }, 'the platform does not answer');

const judge = (results: readonly WindowResult[]) =>
  results.map((result) => [result.from / DAY, judgeWindow(result), result.missing.length, result.healed]);

describe('the results after healing', () => {
  it('count what is there again, and what is still missing', () => {
    const before = [compared('call', DAY, ['1', '2']), compared('call', 2 * DAY, []), compared('chat', DAY, [])];
    const after = [compared('call', DAY, ['2']), compared('call', 2 * DAY, [])];
    expect(judge(mergeHealed(before, after))).toEqual([
      [1, 'complete', 0, 0],
      [1, 'missing', 1, 1],
      [2, 'complete', 0, 0],
    ]);
  });

  it('are as before where nothing could be compared again', () => {
    const before = [compared('call', DAY, ['1']), compared('call', 2 * DAY, []), unproved('call', 3 * DAY)];
    const merged = mergeHealed(before, [
      unproved('call', DAY),
      unproved('call', 2 * DAY),
      compared('call', 3 * DAY, []),
    ]);
    expect(judge(merged)).toEqual([
      [1, 'missing', 1, 0],
      [2, 'complete', 0, 0],
      [3, 'complete', 0, 0],
    ]);
    expect(merged[0]?.reason).toBe('not compared again after healing: the platform does not answer');
  });

  it('replace those of a snapshot that was taken on the day before', () => {
    const merged = mergeHealed([compared('agent', DAY, ['1'])], [compared('agent', 2 * DAY, [])]);
    expect(judge(merged)).toEqual([[2, 'healed', 0, 1]]);
  });
});
