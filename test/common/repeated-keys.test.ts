import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMembers, MAX_DEPTH, NESTED_TOO_DEEP, parseJson, splitArray } from '../../lambdas/common/json.ts';
import { findDroppedKeys, MAX_ORIGINAL_LENGTH, ORIGINAL } from '../../lambdas/common/repeated-keys.ts';

const key = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'a"b', 'ü', '');
const quoted = key.chain((name) =>
  fc.constantFrom(
    JSON.stringify(name),
    `"${[...name].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
  ),
);
const space = fc.constantFrom('', ' ', '\t');

/** JSON text whose objects may repeat keys. */
const { text: jsonText } = fc.letrec<{ text: string; object: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('null', '1.10', '"a:b{}"', '9007199254740993', '"\\"}"', '[]', '{}'),
    fc.tuple(fc.array(tie('text'), { maxLength: 3 }), space).map(([items, gap]) => `[${items.join(`,${gap}`)}]`),
    tie('object'),
  ),
  object: fc
    .tuple(fc.array(fc.tuple(quoted, tie('text')), { maxLength: 4 }), space)
    .map(([members, gap]) => `{${members.map(([name, text]) => `${name}${gap}:${gap}${text}`).join(`${gap},`)}}`),
}));

const split = (record: string) => splitArray([parseJson(record)], `[${record}]`)[0];
const withoutOriginal = (json: string) => json.replace(/^\{"_original":(?:null|"(?:[^"\\]|\\.)*"),?/, '{');
/** Members that the reader of JSON sees; a repeated key has one. */
const countColons = (record: string) => {
  const outside = record.replaceAll(/"(?:[^"\\]|\\.)*"/g, '');
  return outside.split(':').length - 1;
};

describe('a record with repeated keys', () => {
  it('is written with the value that JSON.parse reads for each key, and with each key once', () => {
    const law = fc.property(jsonText, (record) => {
      const { value, json = '' } = split(record) ?? {};
      const written = withoutOriginal(json);
      expect(JSON.stringify(parseJson(written))).toBe(JSON.stringify(value));
      expect(countMembers(parseJson(written))).toBe(countColons(written));
      expect(JSON.stringify(value)).toBe(JSON.stringify(parseJson(record)));
      const isChanged = countColons(record) !== countMembers(parseJson(record));
      if (!isChanged) expect(json).toBe(record);
      if (isChanged && record.startsWith('{')) {
        expect(JSON.parse(json)[ORIGINAL]).toBe(record);
        expect(findDroppedKeys(json)).not.toEqual([]);
      }
    });
    fc.assert(law, { numRuns: 2_000 });
  });

  it.each([
    ['{"id":1,"status":"a","status":"b"}', '{"id":1,"status":"b"', ['status']],
    ['{"id":1,"p":[{"type":"a","type":"b"}]}', '{"id":1,"p":[{"type":"b"}]', ['p[].type']],
    ['{"a":{"b":1,"\\u0062":2.50}, "a":{"c":1e400}}', '{"a":{"c":1e400}', ['a', 'a.b']],
    ['{"n":9007199254740993,"n":9007199254740995,"m":1.10}', '{"n":9007199254740995,"m":1.10', ['n']],
    ['{"_batch":"x","id":1}', '{"id":1', ['_batch']],
    ['{"_original":"{","_none":true}', '{', ['_none', '_original']],
  ])('%s names the paths', (record, written, paths) => {
    const { json = '', value } = split(record) ?? {};
    expect(withoutOriginal(json)).toBe(`${written}}`);
    expect(findDroppedKeys(json)).toEqual(paths);
    expect(value).not.toHaveProperty('_batch');
    expect(value).not.toHaveProperty('_original');
  });

  it('that is too long to be kept reports the repeated key without its text', () => {
    const { json = '' } = split(`{"a":1,"a":"${'x'.repeat(MAX_ORIGINAL_LENGTH)}"}`) ?? {};
    expect(json.startsWith('{"_original":null,"a":"xx')).toBe(true);
    expect(findDroppedKeys(json)).toEqual(['']);
  });

  it('names few and short paths, whatever its content', () => {
    const key = 'k'.repeat(10_000);
    const members = Array.from({ length: 1_000 }, (_, i) => `"${key}${i}":1,"${key}${i}":2`);
    const paths = findDroppedKeys(split(`{${members.slice(0, 20).join(',')}}`)?.json ?? '');
    expect(paths.length).toBeLessThanOrEqual(20);
    expect(paths.every((path) => path.length <= 200)).toBe(true);
    const many = members.map((member) => member.replaceAll(key, 'k'));
    expect(findDroppedKeys(split(`{${many.join(',')}}`)?.json ?? '')).toHaveLength(20);
  });
});

describe('a record of deeply nested values', () => {
  const nested = (depth: number) => `{"id":1,"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;

  it.each([
    [Math.floor(0.9 * MAX_DEPTH), undefined],
    [MAX_DEPTH, undefined],
    [MAX_DEPTH + 1, NESTED_TOO_DEEP],
    [100 * MAX_DEPTH, NESTED_TOO_DEEP],
    [1_000_000, NESTED_TOO_DEEP],
  ])('with %i levels is taken, or has a flaw', (depth, flaw) => {
    const text = nested(depth);
    const row = split(text);
    expect(row?.flaw).toBe(flaw);
    if (flaw === undefined) expect(row?.json).toBe(text);
    else expect(typeof JSON.parse(row?.json ?? '')).toBe('string');
    expect(row?.json.length).toBeLessThan(20_100);
  });
});
