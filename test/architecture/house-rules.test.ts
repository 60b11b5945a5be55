import { describe, expect, it } from 'vitest';
import { FOLDERS, forbiddenIn, parseText, sourceTexts } from './source-texts.ts';

describe.each(FOLDERS)('every file in %s', (folder) => {
  const texts = sourceTexts(folder);

  it('exists', () => expect(texts.length).toBeGreaterThan(0));

  it('has at most 300 lines', () => {
    expect(texts.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it('is free of type assertions, any and silenced errors', () => {
    expect(texts.flatMap(forbiddenIn)).toEqual([]);
  });
});

describe('file names', () => {
  it('are unique in the repository', () => {
    const paths = [...FOLDERS, 'test'].flatMap(sourceTexts).map(({ path }) => path);
    const byName = Map.groupBy(paths, (path) => path.slice(path.lastIndexOf('/') + 1));
    expect([...byName.values()].filter((same) => same.length > 1)).toEqual([]);
  });
});

describe('what is forbidden', () => {
  it.each([
    ['const a = b as string;', 'a.ts:1 type assertion'],
    ['const a = b as unknown;', 'a.ts:1 type assertion'],
    ['\nconst a = <string>b;', 'a.ts:2 type assertion'],
    ['const a = b satisfies C as D;', 'a.ts:1 type assertion'],
    ['const a: any = b;', 'a.ts:1 any'],
    ['type A = Record<string, any[]>;', 'a.ts:1 any'],
    ['const a = b!.c;', 'a.ts:1 non-null assertion'],
    ['  // @ts-ignore\nconst a = b;', 'a.ts @ts-ignore'],
    ['/* @ts-expect-error */ const a = b;', 'a.ts @ts-expect-error'],
    ['// @ts-nocheck', 'a.ts @ts-nocheck'],
  ])('is found in %j', (text, place) => {
    expect(forbiddenIn(parseText('a.ts', text))).toEqual([place]);
  });

  it.each([
    'const a = [1] as const;',
    'import { a as b } from "c";',
    'export * as d from "e";',
    'const as = "b as any"; // as any, see @ts-ignore',
    'const a = b satisfies C;',
  ])('is not found in %j', (text) => {
    expect(forbiddenIn(parseText('a.ts', text))).toEqual([]);
  });
});
