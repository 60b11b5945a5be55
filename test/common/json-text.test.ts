import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMember, splitElements, toOneLine, withMembers } from '../../lambdas/common/json-text.ts';

/** A value and a text of it: with or without spaces and line breaks, characters as they are or as escapes. */
const written = fc
  .tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t', '\r\n '), fc.boolean())
  .map(([value, space, escaped]) => {
    const text = JSON.stringify(value, null, space);
    const hex = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return { value, text: escaped ? text.replaceAll(/[^\x20-\x7e\r\n\t]/g, hex) : text };
  });
const key = fc.oneof(fc.string(), fc.constantFrom('', 'a', '"', '\\', '\\"', ']', '}', ',', ':', '__proto__'));

describe('in a JSON text', () => {
  it('the elements of an array are found as they are written', () => {
    const law = fc.property(fc.array(written), fc.constantFrom('', ' ', '\n'), (elements, space) => {
      const texts = elements.map(({ text }) => text);
      const array = `${space}[${space}${texts.join(`${space},${space}`)}${space}]${space}`;
      expect(splitElements(array).map(({ text }) => text)).toEqual(texts);
    });
    fc.assert(law, { numRuns: 500 });
  });

  it('a member of an object is found as it is written; if a key is repeated, the last one', () => {
    const law = fc.property(fc.array(fc.tuple(key, written)), key, (members, wanted) => {
      const object = `{${members.map(([name, { text }]) => ` ${JSON.stringify(name)} : ${text}`).join(' ,')} }`;
      const last = members.findLast(([name]) => name === wanted);
      expect(readMember(object, wanted)).toBe(last?.[1].text);
    });
    fc.assert(law, { numRuns: 500 });
    expect(readMember(String.raw`{"\u0061":1}`, 'a')).toBe('1');
  });

  it('a line break is never part of a value', () => {
    const law = fc.property(written, ({ value, text }) => {
      expect(toOneLine(text)).not.toMatch(/[\r\n]/);
      expect(JSON.stringify(JSON.parse(toOneLine(text)))).toBe(JSON.stringify(value));
    });
    fc.assert(law, { numRuns: 300 });
  });
});

it('members are appended to an object, also to an empty one', () => {
  expect(withMembers('{"a":1.0}', { b: [2] })).toBe('{"a":1.0,"b":[2]}');
  for (const empty of ['{}', '{ }', '{\n}']) expect(withMembers(empty, { b: 2 })).toBe('{"b":2}');
});
