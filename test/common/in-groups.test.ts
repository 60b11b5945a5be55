import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inGroups } from '../../lambdas/common/in-groups.ts';

it('divides items into groups of a size, none lost and none empty', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 10 }), (items, size) => {
      const groups = inGroups(items, size);
      expect(groups.flat()).toEqual(items);
      expect(groups.slice(0, -1).every(({ length }) => length === size)).toBe(true);
      expect(groups.every(({ length }) => length > 0 && length <= size)).toBe(true);
    }),
  );
});
