import { describe, expect, it } from 'vitest';
import { countReserved } from '../../lambdas/audit/execution/reserved-requests.ts';

const RANGE = { from: 0, until: 10 * 86_400_000 - 1 };

describe('the requests that an endpoint leaves for others', () => {
  it('are those of days without a finding', () => {
    expect(countReserved(2_000, ['call', 'chat', 'call_participant'], RANGE)).toBe(60);
    expect(countReserved(2_000, ['team', 'menu', 'photo'], RANGE)).toBe(20);
  });

  it('are none if no later endpoint asks the platform', () => {
    expect(countReserved(2_000, ['call_participant', 'photo'], RANGE)).toBe(0);
    expect(countReserved(2_000, [], RANGE)).toBe(0);
  });

  it('leave each endpoint the same number if there are too few', () => {
    expect(countReserved(9, ['call', 'chat'], RANGE)).toBe(6);
    expect(countReserved(1, ['call', 'chat'], RANGE)).toBe(0);
    expect(countReserved(0, ['call', 'chat'], RANGE)).toBe(0);
    expect(countReserved(-3, ['call', 'chat'], RANGE)).toBe(0);
  });
});
