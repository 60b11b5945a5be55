import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAttributeValue } from '../../lambdas/aws/attribute-value.ts';

function attempt(make: () => unknown): unknown {
  try {
    return make();
  } catch {
    return 'refused';
  }
}

describe('an attribute value', () => {
  it('is what the SDK makes of the same JSON, and refused where the SDK refuses it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(attempt(() => toAttributeValue(plain))).toEqual(attempt(() => marshall({ plain }).plain));
      }),
    );
  });

  it('leaves out members that are undefined', () => {
    const value = { a: undefined, b: [{ c: undefined, d: 1 }] };
    expect(toAttributeValue(value)).toEqual(marshall({ value }, { removeUndefinedValues: true }).value);
  });

  it.each([2 ** 53, -(2 ** 53), 1e300, Number.NaN, Number.POSITIVE_INFINITY])('refuses the number %d', (value) => {
    expect(() => marshall({ value })).toThrow();
    expect(() => toAttributeValue({ value })).toThrow(/exactly/);
  });

  it.each([undefined, () => 1, 1n, Symbol('a')])('refuses what is not JSON: %s', (value) => {
    expect(() => toAttributeValue([value])).toThrow(/is not JSON/);
  });
});
