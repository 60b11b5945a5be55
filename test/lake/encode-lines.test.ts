import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeLines } from '../../lambdas/lake/lake.ts';

it('encodes texts of any characters as UTF-8, each with a line break', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (lines) => {
      const expected = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      expect(Buffer.from(encodeLines(lines)).equals(expected)).toBe(true);
    }),
  );
});

it('encodes lines of any length, also those that take three times as many bytes as characters', () => {
  const lines = [1, 5_000, 40_000, 3, 100_000, 7].flatMap((length) => ['a'.repeat(length), '€'.repeat(length)]);
  expect(Buffer.from(encodeLines(lines)).toString()).toBe(lines.map((line) => `${line}\n`).join(''));
});

it('replaces half of a surrogate pair, which UTF-8 cannot represent, like any encoder', () => {
  expect(Buffer.from(encodeLines(['a\ud83d', '\ude00b'])).toString()).toBe('a\ufffd\n\ufffdb\n');
});
