import { describe, expect, it } from 'vitest';
import { createInstant } from '../../lambdas/segments/instant.ts';
import { chooseHandled, chooseWait, measure, toSeconds } from '../../lambdas/segments/lengths.ts';

describe('the length between two times', () => {
  const start = createInstant(10_000);

  it.each([
    ['is the time between them', 15_250, 5_250],
    ['is zero for a skew below a second', 9_001, 0],
    ['is zero between equal times', 10_000, 0],
    ['is unknown if the end is a second earlier', 9_000, null],
  ])('%s', (_, end, length) => {
    expect(measure(start, createInstant(end))).toBe(length);
  });

  it('is unknown if a time is missing or contradicts the session', () => {
    const wrong = { ...createInstant(12_000), isImplausible: true } as const;
    for (const [from, to] of [
      [null, start],
      [start, null],
      [start, wrong],
      [wrong, createInstant(13_000)],
    ] as const)
      expect(measure(from, to)).toBeNull();
  });

  it('is in seconds in facts', () => {
    expect([toSeconds(1_250), toSeconds(0), toSeconds(null)]).toEqual([1.25, 0, null]);
  });
});

const RECOMPUTED = ['recomputed:field'];

describe('the length of a wait', () => {
  it.each([
    ['is the one the API sent', 30_000, 30_400, 30_000, []],
    ['is the one the API sent without times', 30_000, null, 30_000, []],
    ['may differ from its times by rounding', 30_000, 31_500, 30_000, []],
    ['may differ from its times by rounding in the other direction', 30_000, 28_500, 30_000, []],
    ['is that of its times if it differs by more', 30_000, 31_501, 31_501, RECOMPUTED],
    ['is that of its times if the API sent zero', 0, 60_000, 60_000, RECOMPUTED],
    ['can be zero', 0, 900, 0, []],
    ['is that of its times if the API sent none', null, 30_000, 30_000, []],
    ['is that of its times if the API sent a negative one', -5_000, 30_000, 30_000, []],
    ['is unknown if nothing says it', null, null, null, []],
    ['is unknown if the API sent a negative one without times', -5_000, null, null, []],
  ])('%s', (_, stated, timed, length, expected) => {
    const anomalies: string[] = [];
    expect(chooseWait(stated, timed, 'field', anomalies)).toBe(length);
    expect(anomalies).toEqual(expected);
  });
});

describe('the length of a handled part', () => {
  it.each([
    ['is the one the API sent', 30_000, 30_400, 30_000, []],
    ['is the one the API sent without times', 30_000, null, 30_000, []],
    ['can be shorter than its times', 10_000, 60_000, 10_000, []],
    ['can be longer by rounding', 61_500, 60_000, 61_500, []],
    ['is that of its times if it is longer', 61_501, 60_000, 60_000, RECOMPUTED],
    ['is that of its times if the API sent zero', 0, 60_000, 60_000, RECOMPUTED],
    ['is that of its times without a word if zero is near', 0, 1_500, 1_500, []],
    ['is zero if the API sent it without times', 0, null, 0, []],
    ['is that of its times if the API sent none', null, 60_000, 60_000, []],
    ['is that of its times if the API sent a negative one', -5_000, 60_000, 60_000, RECOMPUTED],
    ['is that of its times if the API sent a negative one near it', -1_000, 600, 600, RECOMPUTED],
    ['is unknown if nothing says it', null, null, null, []],
    ['is unknown if the API sent a negative one without times', -5_000, null, null, []],
  ])('%s', (_, stated, timed, length, expected) => {
    const anomalies: string[] = [];
    expect(chooseHandled(stated, timed, 'field', anomalies)).toBe(length);
    expect(anomalies).toEqual(expected);
  });
});
