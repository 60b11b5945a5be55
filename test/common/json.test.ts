import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isObject, parseJson, splitArray, writeJson } from '../../lambdas/common/json.ts';

afterEach(() => vi.restoreAllMocks());

/** JSON texts as `JSON.stringify` writes them, with integers of any length. */
const jsonText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
    fc.integer().map(String),
    fc.string().map((each) => JSON.stringify(each)),
    fc.bigInt({ min: 0n, max: 10n ** 25n }).map((each) => JSON.stringify(String(each))),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).map((each) => JSON.stringify(each)),
    fc.constantFrom('true', 'false', 'null', '[]', '{}'),
    fc.array(tie('value'), { maxLength: 4 }).map((each) => `[${each.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(fc.stringMatching(/^[a-z_]{1,6}$/), tie('value')), {
        maxLength: 4,
        selector: ([key]) => key,
      })
      .map((each) => `{${each.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`),
  ),
})).value;

describe('lossless JSON', () => {
  it('is unchanged when parsed and written, including integers beyond 2^53', () => {
    const unharmed = fc.property(jsonText, (text) => {
      expect(JSON.stringify(parseJson(text))).toBe(text);
    });
    fc.assert(unharmed, { numRuns: 500 });
  });

  it('uses plain numbers if they can hold the value', () => {
    expect(parseJson('[9007199254740991,-9007199254740991,1234567890.1234567890123456]')).toEqual([
      9007199254740991, -9007199254740991, 1234567890.1234567,
    ]);
  });

  it('does not change digits in texts', () => {
    expect(parseJson('{"ticket":"90071992547409931234"}')).toEqual({ ticket: '90071992547409931234' });
  });

  it('parses texts without long integers quickly, without a reviver', () => {
    const parse = vi.spyOn(JSON, 'parse');
    parseJson('{"id":123456789012345}');
    expect(parse.mock.lastCall).toHaveLength(1);
    parseJson('{"id":1234567890123456}');
    expect(parse.mock.lastCall).toHaveLength(2);
  });

  it.each(['', '[1', '<html>', '[12345678901234567890'])('refuses %j', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('of an array is returned in parts, each with its own text on one line', () => {
    const parts = fc.property(
      fc.array(jsonText, { maxLength: 5 }),
      fc.constantFrom('', ' ', '\n\t'),
      (texts, space) => {
        const array = `[${space}${texts.join(`${space},${space}`)}${space}]`;
        const values = texts.map(parseJson);
        expect(splitArray(values, array)).toEqual(texts.map((json, index) => ({ value: values[index], json })));
      },
    );
    fc.assert(parts, { numRuns: 300 });
    expect(splitArray([{ a: 1.1 }], '[{"a":\n  1.10}]')).toEqual([{ value: { a: 1.1 }, json: '{"a": 1.10}' }]);
    expect(writeJson({ a: [1, 'x'] })).toEqual({ value: { a: [1, 'x'] }, json: '{"a":[1,"x"]}' });
  });

  it('distinguishes objects from other values', () => {
    expect([{}, { a: 1 }].map(isObject)).toEqual([true, true]);
    expect([[], null, undefined, 1, 'a'].map(isObject)).toEqual([false, false, false, false, false]);
  });
});
