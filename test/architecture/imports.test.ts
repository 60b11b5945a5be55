import { describe, expect, it } from 'vitest';
import { importsOf, isBuiltin, isPackage, parseText, sourceTexts } from './source-texts.ts';

/** Imports of a folder's files that lead to none of the allowed folders, as `file -> import`. */
function strays(folder: string, allowed: readonly string[], filesOnly = true): string[] {
  return sourceTexts(folder).flatMap((text) =>
    importsOf(text)
      .filter((name) => !(filesOnly && isPackage(name)))
      .filter((name) => !allowed.some((each) => name === each || name.startsWith(`${each}/`)))
      .map((name) => `${text.path} -> ${name}`),
  );
}

describe('imports', () => {
  it.each([
    ['lib', ['lambdas/catalog', 'lambdas/config', 'sql', 'lib', 'package.json']],
    ['sql', ['lambdas/catalog', 'lambdas/config', 'sql']],
    ['lambdas', ['lambdas']],
    ['examples', ['examples']],
  ])('of %s lead only to %j', (folder, allowed) => {
    expect(sourceTexts(folder).length).toBeGreaterThan(4);
    expect(strays(folder, allowed)).toEqual([]);
  });

  it('of the segments lead nowhere but to the segments: no package, no input or output', () => {
    expect(strays('lambdas/segments', ['lambdas/segments'], false)).toEqual([]);
  });

  it('of the catalog and the configuration are free of AWS and of input and output', () => {
    for (const folder of ['lambdas/catalog', 'lambdas/config'])
      for (const text of sourceTexts(folder))
        expect(importsOf(text).filter((name) => isBuiltin(name) || name.startsWith('@aws-'))).toEqual([]);
  });

  it('of functions take the small zod', () => {
    for (const text of [...sourceTexts('lambdas'), ...sourceTexts('examples')])
      expect([text.path, importsOf(text)]).not.toEqual([text.path, expect.arrayContaining(['zod'])]);
  });

  it('of the program never lead to its tests', () => {
    for (const folder of ['bin', 'examples', 'lib', 'lambdas', 'local', 'sql'])
      expect(
        sourceTexts(folder)
          .flatMap(importsOf)
          .filter((name) => name.startsWith('test/')),
      ).toEqual([]);
  });

  it('are seen in every form', () => {
    const text = parseText(
      'lambdas/x/y.ts',
      `import a from '../../local/a.ts';
       import type { B } from '../../lib/b.ts';
       import './c.ts';
       export * from '../../bin/d.ts';
       export { type E } from 'zod';
       const f = await import('../../sql/f.ts');
       type G = import('../g.ts').G;
       const h = await import('#run-report');
       const text = "import x from './no.ts'";`,
    );
    expect(importsOf(text)).toEqual([
      'local/a.ts',
      'lib/b.ts',
      'lambdas/x/c.ts',
      'bin/d.ts',
      'zod',
      'sql/f.ts',
      'lambdas/g.ts',
      'lambdas/handlers/run-report.ts',
    ]);
  });
});
